package dev.kindling.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import dev.kindling.udf.Verifiers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
            "verifier": "exact_string", "level": "hard", "context": {"k": [1, 2.50, 1e23]}}
            """);
    assertThat(read.rejections()).isEmpty();
    assertThat(read.examples())
        .containsExactly(
            new RawExample(0, "a", "1+1=", "", List.of("2"), "answer_match", "{}", ""),
            new RawExample(
                2,
                "b",
                "é?",
                "so",
                List.of("x", "y"),
                "exact_string",
                "{\"k\":[1,2.5,1.0E23]}",
                "hard"));
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
        "{'id': 'a', 'prompt': 'p', 'answer': true}"
            + "| Invalid answer: true (must be a text, not blank)",
        "{'id': 'a', 'prompt': 'p', 'answer': [2]}"
            + "| Invalid answer: [2] (must be a text, not blank)",
        "{'id': 'a', 'prompt': 'p', 'answers': ['2', [3]]}"
            + "| Invalid answers[1]: [3] (must be a text)",
        "{'id': 'a', 'prompt': 5, 'answer': '2'} | Invalid prompt: 5 (must be a text, not blank)",
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'answer':'cat \\ud83d' | answer: 'cat \\ud83d' (must be Unicode: it has half a surrogate pair at character 4)",
        "'answer':'\\udc31\\ud83d' | answer: '\\udc31\\ud83d' (must be Unicode: it has half a surrogate pair at character 0)",
        "'answers':['x','\\ud83d\\udc31\\udc31'] | answers[1]: '🐱\\udc31' (must be Unicode: it has half a surrogate pair at character 2)",
        "'rationale':'\\ud800','answer':'2' | rationale: '\\ud800' (must be Unicode: it has half a surrogate pair at character 0)",
        "'verifier':'a\\ud800','answer':'2' | verifier: 'a\\ud800' (must be Unicode: it has half a surrogate pair at character 1)",
        "'level':'\\udfff','answer':'2' | level: '\\udfff' (must be Unicode: it has half a surrogate pair at character 0)",
        "'context':{'k':[1,{'m':'\\udfff'}]},'answer':'2' | context.k[1].m: '\\udfff' (must be Unicode: it has half a surrogate pair at character 0)",
      })
  void aTextWithHalfASurrogatePairIsRejectedBecauseNeitherTableNorTokensHoldIt(
      String fields, String reason) throws IOException {
    String line = "{'id':'a','prompt':'p'," + fields + "}";
    String whole = "\n{'id':'b','prompt':'\\ud83d\\udc31','answer':'\ud83d\udc31'}";
    ReadFile read = ReadFile.of("jsonl", (line + whole).replace('\'', '"'));
    assertThat(read.rejections())
        .containsExactly(new Rejected("some.file", 0, "a", "Invalid " + reason.replace('\'', '"')));
    assertThat(read.examples()).extracting(RawExample::prompt).containsExactly("🐱");
  }

  @Test
  void keysOfAContextIdsAndPromptsAreUnicodeToo() throws IOException {
    String lines =
        """
        {'id':'a','prompt':'p','answer':'2','context':{'k':{'\\ud800':1}}}
        {'id':'\\ud800','prompt':'p','answer':'2'}
        {'id':'c','prompt':'\\ud800','answer':'2'}
        """;
    assertThat(ReadFile.of("jsonl", lines.replace('\'', '"')).rejections())
        .extracting(Rejected::reason)
        .containsExactly(
            "Invalid context.k: {\"\\ud800\":1} (a key must be Unicode: it has half a surrogate pair at character 0)",
            "Invalid id: \"\\ud800\" (must be Unicode: it has half a surrogate pair at character 0)",
            "Invalid prompt: \"\\ud800\" (must be Unicode: it has half a surrogate pair at character 0)");
  }

  @Test
  void aQuotedValueIsCutBetweenCharacters() throws IOException {
    String cats = "🐱".repeat(100);
    String line = "{\"id\": \"a\", \"prompt\": \"p\", \"answer\": {\"a\": \"" + cats + "\"}}";
    assertThat(ReadFile.of("jsonl", line).rejections().get(0).reason())
        .isEqualTo(
            "Invalid answer: {\"a\":\"%s… (must be a text, not blank)".formatted("🐱".repeat(74)));
  }

  @Test
  void aRecordThatCannotBeUsedIsNamedByItsLine() throws IOException {
    String line = "{\"id\": \"a\", \"prompt\": \"p\", \"answer\": \"2\"}";
    assertThat(ReadFile.of("jsonl", line + "\n\n" + line.replace("p\",", "\",")).rejections())
        .containsExactly(
            new Rejected("some.file", 2, "a", "Invalid prompt: \"\" (must be a text, not blank)"));
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
  void aNumberInPlaceOfAnIdOrAnAnswerIsTheTextThatItIsWrittenAs() throws IOException {
    String lines =
        """
        {"id": 7, "prompt": "p", "answer": 123456789012345678901234567890}
        {"answers": [2.50, "x", -1e5, 0], "context": {"answers": [1]}, "prompt": "p", "id": 1.0}
        {"id": 8, "prompt": "p", "answer": [1], "answer": {"a": [2]}, "answer": 3, "answer": 4}
        """;
    ReadFile read = ReadFile.of("jsonl", lines);
    assertThat(read.examples()).extracting(RawExample::id).containsExactly("7", "1.0", "8");
    assertThat(read.examples())
        .extracting(RawExample::goldAnswers)
        .containsExactly(
            List.of("123456789012345678901234567890"),
            List.of("2.50", "x", "-1e5", "0"),
            List.of("4"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "finqa"})
  void aByteOrderMarkIsPassedOver(String format) throws IOException {
    String jsonl = "\ufeff{\"id\": \"a\", \"prompt\": \"p\", \"answer\": \"2\"}";
    ReadFile read = ReadFile.of(format, format.equals("jsonl") ? jsonl : "\ufeff[]");
    assertThat(read.rejections()).isEmpty();
    assertThat(read.examples()).hasSize(format.equals("jsonl") ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version https://git-lfs.github.com/spec/v1 | a Git LFS pointer: run git lfs pull",
        "PAR1 | a Parquet file (must be JSON in UTF-8)",
        "\u00fd7zXZ | an xz archive (must be JSON in UTF-8)",
        "\u00fe\u00ff{ | text in UTF-16 or UTF-32 (must be JSON in UTF-8)",
        "\u00ff\u00fe{ | text in UTF-16 or UTF-32 (must be JSON in UTF-8)",
        "{\0\"\0i\0 | text in UTF-16 or UTF-32 (must be JSON in UTF-8)",
        "\0{\0\" | text in UTF-16 or UTF-32 (must be JSON in UTF-8)",
      })
  void whatIsNoTextInUtf8IsCalledWhatItIs(String begin, String kind) {
    byte[] file = (begin + "\noid sha256:5\n").getBytes(StandardCharsets.ISO_8859_1);
    for (String format : List.of("jsonl", "finqa")) {
      assertThatThrownBy(() -> ReadFile.of(format, PromptStyle.COLD, file))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("Cannot read some.file: it is " + kind);
    }
  }

  @Test
  void aLineThatDoesNotFitIntoMemoryIsRefused() {
    byte[] file = new byte[(1 << 26) + 2];
    Arrays.fill(file, (byte) 'a');
    file[0] = '\n';
    assertThatThrownBy(() -> ReadFile.of("jsonl", PromptStyle.COLD, file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Cannot read some.file: record 1 (a line must have at most 67108864 characters)");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] latin = "{\"id\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> ReadFile.of("jsonl", PromptStyle.COLD, latin))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Cannot read some.file: record 0 (the file must be UTF-8)");
  }
}
