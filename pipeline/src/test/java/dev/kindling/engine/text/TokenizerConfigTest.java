package dev.kindling.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the small files of a model folder say of its text. */
class TokenizerConfigTest {
  private static Tokenizer tokenizer;

  @BeforeAll
  static void load() {
    // <pad> 0, <|endoftext|> 1, </think> 2, <unk> 3, then bytes
    tokenizer = new Tokenizer(ByteTokenizer.ofAllBytes(), "all bytes");
  }

  @AfterAll
  static void unload() {
    tokenizer.close();
  }

  private static TokenizerConfig config(Map<String, String> files) {
    return TokenizerConfig.read(
        files.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, f -> f.getValue().getBytes(StandardCharsets.UTF_8))),
        "model");
  }

  private static TokenizerConfig config(String tokenizerConfig) {
    return config(Map.of("tokenizer_config.json", tokenizerConfig));
  }

  @Test
  void aTemplateOfItsOwnFileWinsOverTheConfigurations() {
    String inside = "{\"chat_template\": \"inside\"}";
    assertThat(config(inside).chatTemplate()).contains("inside");
    assertThat(
            config(Map.of("tokenizer_config.json", inside, "chat_template.jinja", "file"))
                .chatTemplate())
        .contains("file");
    assertThat(config("{}").chatTemplate()).isEmpty();
    assertThat(config(Map.of()).chatTemplate()).isEmpty();
  }

  @Test
  void ofSeveralTemplatesTheDefaultIsTaken() {
    String named =
        "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"r\"}, {\"name\": \"%s\", \"template\": \"t\"}]}";
    assertThat(config(named.formatted("default")).chatTemplate()).contains("t");
    assertThatThrownBy(() -> config(named.formatted("tool_use")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid chat_template of model/tokenizer_config.json: [rag, tool_use] (must have one named default)");
  }

  @Test
  void specialTokensAreTextsHoweverTheyAreWritten() {
    TokenizerConfig config =
        config(
            Map.of(
                "tokenizer_config.json",
                "{\"bos_token\": {\"content\": \"<s>\", \"lstrip\": false}, \"eos_token\": \"</s>\", \"unk_token\": null}",
                "special_tokens_map.json",
                "{\"eos_token\": \"old\", \"pad_token\": \"<p>\"}"));
    assertThat(config.special("bos_token")).contains("<s>");
    assertThat(config.special("eos_token")).contains("</s>");
    assertThat(config.special("pad_token")).contains("<p>");
    assertThat(config.special("unk_token")).isEmpty();
    assertThat(config.specialTokens()).containsOnlyKeys("bos_token", "eos_token", "pad_token");
  }

  @Test
  void aTextEndsAtTheTokensOfTheGenerationConfigElseOfTheConfigElseAtEosToken() {
    String eos = "{\"eos_token\": \"</think>\"}";
    Map<String, String> all =
        Map.of(
            "tokenizer_config.json", eos,
            "generation_config.json", "{\"eos_token_id\": [7, 2, 1]}",
            "config.json", "{\"eos_token_id\": 9}");
    // The token that eos_token names closes a gold answer, so it comes first.
    assertThat(config(all).endOfSequence(tokenizer, Optional.empty())).containsExactly(2, 7, 1);
    assertThat(config(all).endOfSequence(tokenizer, Optional.of("<|endoftext|>")))
        .containsExactly(1);
    assertThat(
            config(Map.of("tokenizer_config.json", eos, "config.json", "{\"eos_token_id\": 9}"))
                .endOfSequence(tokenizer, Optional.empty()))
        .containsExactly(9);
    assertThat(config(eos).endOfSequence(tokenizer, Optional.empty())).containsExactly(2);
    assertThatThrownBy(() -> config("{}").endOfSequence(tokenizer, Optional.empty()))
        .hasMessage(
            "Missing sampler.end_of_sequence (the model has neither eos_token_id nor eos_token)");
  }

  @Test
  void aLlamaTokenizerAddsItsBosUnlessToldNotToAndOthersDoAsTheirFileSays() {
    String config = "{\"tokenizer_class\": \"%s\", \"bos_token\": \"<pad>\"%s}";
    assertThat(config(config.formatted("LlamaTokenizerFast", "")).startOfText(tokenizer))
        .containsExactly(0);
    assertThat(
            config(config.formatted("LlamaTokenizer", ", \"add_bos_token\": false"))
                .startOfText(tokenizer))
        .isEmpty();
    assertThat(
            config(config.formatted("Qwen2Tokenizer", ", \"add_bos_token\": true"))
                .startOfText(tokenizer))
        .isEmpty();
    assertThatThrownBy(
            () -> config("{\"tokenizer_class\": \"LlamaTokenizer\"}").startOfText(tokenizer))
        .hasMessage("Missing bos_token in tokenizer_config.json (its tokenizer_class adds one)");
  }

  @Test
  void aFileThatIsNotJsonIsNamed() {
    assertThatThrownBy(() -> config("{"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot read model/tokenizer_config.json: Unexpected end-of-input");
  }
}
