package dev.kindling.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import dev.kindling.udf.Verifiers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kindling's own file format. */
class JsonlFormatTest {
  @Test
  void aLineIsAnExampleAndAbsentFieldsHaveTheirDefaults() throws IOException {
    ReadFile read =
        ReadFile.of(
            "jsonl",
            """
            {"id": "a", "prompt": "1+1=", "answer": "2"}

            {"id": "b", "prompt": "é?", "answers": ["x", "y"], "rationale": "so", \
            "verifier": "exact_string", "level": "hard", "context": {"k": [1, 2.50]}}
            """);
    assertThat(read.rejections()).isEmpty();
    assertThat(read.examples())
        .containsExactly(
            new RawExample(0, "a", "1+1=", "", List.of("2"), "answer_match", "{}", ""),
            new RawExample(
                2, "b", "é?", "so", List.of("x", "y"), "exact_string", "{\"k\":[1,2.5]}", "hard"));
    assertThat(Verifiers.names()).contains(read.examples().get(0).verifier());
  }

  @Test
  void thePromptIsTheUsersOwnInEveryStyle() throws IOException {
    byte[] file =
        "{\"id\": \"a\", \"prompt\": \"1+1=\", \"answer\": \"2\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(ReadFile.of("jsonl", PromptStyle.WARM, file))
        .isEqualTo(ReadFile.of("jsonl", PromptStyle.COLD, file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'id': 'a', 'answer': '2'} | Invalid prompt: nothing (must be a text, not blank)",
        "{'id': 'a', 'prompt': 'p'} | Invalid answer: nothing (must be a text, not blank)",
        "{'id': 'a', 'prompt': 'p', 'answer': ' '}"
            + "| Invalid answer: ' ' (must be a text, not blank)",
        "{'id': 'a', 'prompt': 'p', 'answer': 2} | Invalid answer: 2 (must be a text, not blank)",
        "{'id': 'a', 'prompt': 'p', 'answers': []}"
            + "| Invalid answers: [] (must hold at least one text, none blank)",
        "{'id': 'a', 'prompt': 'p', 'answers': ['2', '']}"
            + "| Invalid answers: ['2',''] (must hold at least one text, none blank)",
        "{'id': 'a', 'prompt': 'p', 'answer': '2', 'answers': ['3']}"
            + "| Invalid answers: ['3'] (must not stand beside answer)",
        "{'id': 'a', 'prompt': 'p', 'answer': '2', 'verifer': 'v'}"
            + "| Invalid verifer: 'v' (is not a known key)",
        "{'id': 'a', 'prompt': 'p', 'answer': '2', 'context': '{}'}"
            + "| Invalid context: '{}' (must be an object)",
      })
  void aRecordThatCannotBeUsedIsRejectedAndReadingGoesOn(String line, String reason)
      throws IOException {
    String file = line + "\n{'id': 'b', 'prompt': 'p', 'answer': '2'}";
    ReadFile read = ReadFile.of("jsonl", file.replace('\'', '"'));
    assertThat(read.rejections())
        .containsExactly(new Rejected("some.file", 0, "a", reason.replace('\'', '"')));
    assertThat(read.examples()).extracting(RawExample::id).containsExactly("b");
  }

  @Test
  void theSecondRecordOfAnIdIsRejectedAtItsLine() throws IOException {
    String line = "{\"id\": \"a\", \"prompt\": \"p\", \"answer\": \"2\"}";
    assertThat(ReadFile.of("jsonl", line + "\n\n" + line).rejections())
        .containsExactly(
            new Rejected("some.file", 2, "a", "Invalid id: \"a\" (must be unique in the file)"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\": \"b\", \"prompt\": | Unexpected end",
        "[] | a record must be a JSON object",
        "{} {} | Trailing token",
        "prompt,answer | Unrecognized token 'prompt'",
      })
  void aLineThatIsNotOneObjectIsRefused(String line, String reason) {
    String first = "{\"id\": \"a\", \"prompt\": \"p\", \"answer\": \"2\"}\n";
    assertThatThrownBy(() -> ReadFile.of("jsonl", first + line))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot read some.file: record 1, after id 'a' (" + reason);
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] latin = "{\"id\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> ReadFile.of("jsonl", PromptStyle.COLD, latin))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Cannot read some.file: record 0 (the file must be UTF-8)");
  }
}
