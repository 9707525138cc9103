package dev.kindling.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private static int[] ends(TokenizerConfig config) {
    return config.endOfSequence(tokenizer, Optional.empty(), 260);
  }

  @Test
  void aTextEndsAtWhateverTokenAFileNames() {
    String eos = "{\"eos_token\": \"</think>\"}";
    Map<String, String> all =
        Map.of(
            "tokenizer_config.json", eos,
            "generation_config.json", "{\"eos_token_id\": [7, 2, 1]}",
            "config.json", "{\"eos_token_id\": 9}");
    // The token that eos_token names closes a gold answer, so it comes first.
    assertThat(ends(config(all))).containsExactly(2, 7, 1, 9);
    assertThat(config(all).endOfSequence(tokenizer, Optional.of("<|endoftext|>"), 260))
        .containsExactly(1);
    Map<String, String> config =
        Map.of("tokenizer_config.json", eos, "config.json", "{\"eos_token_id\": 9}");
    assertThat(ends(config(config))).containsExactly(2, 9);
    Map<String, String> generation =
        Map.of(
            "generation_config.json", "{\"eos_token_id\": [7, 2]}",
            "config.json", "{\"eos_token_id\": [9, 7]}");
    assertThat(ends(config(generation))).containsExactly(7, 2, 9);
    assertThat(ends(config(eos))).containsExactly(2);
    assertThatThrownBy(() -> ends(config("{}")))
        .hasMessage(
            "Missing sampler.end_of_sequence (the model has neither eos_token_id nor eos_token)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // generation_config.json | config.json | what is said of them, eos_token being 2
        "1 | 2 | The model's files name different ends of an answer (generation_config.json [1]; config.json [2]; eos_token [2], </think>): it ends at any of them, y* with 2",
        "[1, 2] | 2 |",
        "[1, 2] | 1 |",
        "[1, 2] | 9 | The model's files name different ends of an answer (generation_config.json [1, 2]; config.json [9]; eos_token [2], </think>): it ends at any of them, y* with 2",
        "null | [1, 9] | The model's files name different ends of an answer (config.json [1, 9]; eos_token [2], </think>): it ends at any of them, y* with 2",
        "null | 2 |",
        "[] | null |",
      })
  void filesThatNameDifferentEndsAreNamed(String generation, String config, String said) {
    TokenizerConfig read =
        config(
            Map.of(
                "tokenizer_config.json", "{\"eos_token\": \"</think>\"}",
                "generation_config.json", "{\"eos_token_id\": %s}".formatted(generation),
                "config.json", "{\"eos_token_id\": %s}".formatted(config)));
    assertThat(read.disagreement(ends(read))).isEqualTo(Optional.ofNullable(said));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-1",
        "[2, -1]",
        "2.0",
        "true",
        "`\"2\"`",
        "{\"id\":2}",
        "[[2]]",
        "[null]",
        "4294967298"
      })
  void anEndThatIsNoTokensIdIsRefusedWithItsFile(String ids) {
    for (String file : List.of("generation_config.json", "config.json")) {
      assertThatThrownBy(() -> config(Map.of(file, "{\"eos_token_id\": %s}".formatted(ids))))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "Invalid eos_token_id in model/%s: %s (must be an integer >= 0, or a list of them)"
                  .formatted(file, ids.replace(" ", "")));
    }
  }

  @Test
  void anEndThatThePolicyCannotDrawIsRefusedWithItsFile() {
    TokenizerConfig config =
        config(
            Map.of(
                "generation_config.json", "{\"eos_token_id\": [2, 260]}",
                "config.json", "{\"eos_token_id\": 259}"));
    assertThatThrownBy(() -> ends(config))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid eos_token_id in generation_config.json: [2, 260] (must be < the policy's vocabulary, 260)");
    assertThat(config.endOfSequence(tokenizer, Optional.of("</think>"), 260)).containsExactly(2);
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
