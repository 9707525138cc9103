package dev.kindling.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.GoldenModel;
import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens and conversations of every golden model are those of transformers. */
class GoldenTextTest {
  static List<GoldenModel> models() throws IOException {
    return GoldenModel.all();
  }

  static Tokenizer tokenizer(GoldenModel model) throws IOException {
    return new Tokenizer(Files.readAllBytes(model.file("tokenizer.json")), model.name());
  }

  static TokenizerConfig config(GoldenModel model) throws IOException {
    try (Stream<Path> files = Files.list(model.folder())) {
      Map<String, byte[]> contents =
          files
              .filter(file -> !file.toString().endsWith(".safetensors"))
              .collect(
                  Collectors.toMap(file -> file.getFileName().toString(), GoldenTextTest::read));
      return TokenizerConfig.read(contents, model.name());
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyTextHasTheTokensOfAutoTokenizerAndComesBack(GoldenModel model) throws IOException {
    try (Tokenizer tokenizer = tokenizer(model)) {
      JsonNode cases = model.golden().get("tokenizer");
      assertThat(cases.get("cases")).isNotEmpty();
      for (JsonNode golden : cases.get("cases")) {
        String text = golden.get("text").asText();
        int[] ids = GoldenModel.ints(golden.get("ids"));
        assertThat(tokenizer.encode(text, true)).as(text).isEqualTo(ids);
        assertThat(tokenizer.encode(text))
            .as(text)
            .isEqualTo(GoldenModel.ints(golden.get("ids_no_special")));
        decodesTo(tokenizer, golden, ids);
      }
      for (JsonNode golden : cases.path("decode_cases")) {
        decodesTo(tokenizer, golden, GoldenModel.ints(golden.get("ids")));
      }
    }
  }

  private static void decodesTo(Tokenizer tokenizer, JsonNode golden, int[] ids) {
    assertThat(tokenizer.decode(ids, false)).isEqualTo(golden.get("decode").asText());
    assertThat(tokenizer.decode(ids)).isEqualTo(golden.get("decode_skip_special").asText());
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyConversationIsRenderedAndTokenisedAsByTransformersOrRefusedInItsWords(GoldenModel model)
      throws IOException {
    TokenizerConfig config = config(model);
    ChatTemplate template =
        new ChatTemplate(config.chatTemplate().orElseThrow(), config.specialTokens(), model.name());
    try (Tokenizer tokenizer = tokenizer(model)) {
      assertThat(model.golden().get("chat")).isNotEmpty();
      for (JsonNode golden : model.golden().get("chat")) {
        if (golden.has("error")) {
          assertThatThrownBy(() -> render(template, golden))
              .isInstanceOf(InvalidInputException.class)
              .hasMessage(golden.get("error").asText());
        } else {
          String rendered = render(template, golden);
          assertThat(rendered).isEqualTo(golden.get("rendered").asText());
          assertThat(tokenizer.encode(rendered)).isEqualTo(GoldenModel.ints(golden.get("ids")));
        }
      }
    }
  }

  private static String render(ChatTemplate template, JsonNode golden) {
    Map<String, JsonNode> variables = new LinkedHashMap<>();
    golden.path("kwargs").properties().forEach(v -> variables.put(v.getKey(), v.getValue()));
    JsonNode tools = golden.path("tools");
    return template.render(
        golden.get("messages"),
        tools.isNull() || tools.isMissingNode() ? null : tools,
        golden.get("add_generation_prompt").asBoolean(),
        variables,
        Optional.empty());
  }

  @ParameterizedTest
  @MethodSource("models")
  void anAnswerEndsAtAnyTokenOfTheGenerationConfigAndAGoldAnswerAtTheTurnsEnd(GoldenModel model)
      throws IOException {
    try (Tokenizer tokenizer = tokenizer(model)) {
      TokenizerConfig config = config(model);
      int[] ends = config.endOfSequence(tokenizer, Optional.empty(), tokenizer.vocab());
      assertThat(ends).containsExactlyInAnyOrder(GoldenModel.ints(model.golden().at("/meta/eos")));
      assertThat(tokenizer.decode(new int[] {ends[0]}, false))
          .isEqualTo(config.special("eos_token").orElseThrow());
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void idsBeyondTheTokenizerDecodeToNothing(GoldenModel model) throws IOException {
    try (Tokenizer tokenizer = tokenizer(model)) {
      int padding = tokenizer.vocab();
      int a = tokenizer.encode("a")[0];
      assertThat(tokenizer.decode(new int[] {padding, a, padding + 7})).isEqualTo("a");
      assertThat(tokenizer.decode(new int[] {padding + 1000}, false)).isEmpty();
    }
  }
}
