package dev.kindling.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FinQA's file format. */
class FinqaFormatTest {
  private static final String RECORD =
      """
      {"id": "A/2009/page_1.pdf-1", "filename": "A/2009/page_1.pdf",
       "pre_text": ["costs rose .", "see below ."],
       "table": [["", "2009", "2008"], ["costs", "$ 120", "100"]],
       "post_text": ["."],
       "qa": {"question": "by how much did costs rise?", "answer": "20%", "exe_ans": 0.2,
              "explanation": "divide and subtract 1", "program": "divide(120, 100)"}}
      """;

  private static final String COLD_PROMPT =
      """
      costs rose . see below .
       | 2009 | 2008
      costs | $ 120 | 100
      .
      by how much did costs rise?""";

  @Test
  void aColdPromptIsTheLinearisedInputAlone() throws IOException {
    assertThat(ReadFile.of("finqa", "[" + RECORD + "]").examples())
        .containsExactly(
            new RawExample(
                0,
                "A/2009/page_1.pdf-1",
                COLD_PROMPT,
                "divide and subtract 1",
                List.of("0.2"),
                "finqa_number",
                "{'exe_ans':0.2,'answer':'20%','program':'divide(120, 100)','table':"
                    .concat("[['','2009','2008'],['costs','$ 120','100']]}")
                    .replace('\'', '"'),
                ""));
  }

  @Test
  void aWarmPromptSaysTheTaskAndTheFormOfTheAnswerFirst() throws IOException {
    byte[] file = ("[" + RECORD + "]").getBytes(StandardCharsets.UTF_8);
    String prompt = ReadFile.of("finqa", PromptStyle.WARM, file).examples().get(0).prompt();
    assertThat(prompt).startsWith("Read the pages").endsWith("The answer is ...\n\n" + COLD_PROMPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2057.0 | 2057",
        "7304000000.0 | 7304000000",
        "1e-05 | 0.00001",
        "-0.04097 | -0.04097",
        "-0.0 | 0",
        "12 | 12",
        // In the fewest digits, whatever the Java: 10^23 and 2^-44.
        "1e23 | 100000000000000000000000",
        "5.684341886080802e-14 | 0.00000000000005684341886080802",
        "\"yes\" | yes"
      })
  void theGoldAnswerIsTheExecutedAnswerWrittenPlainly(String executed, String gold)
      throws IOException {
    String record = RECORD.replace("\"exe_ans\": 0.2", "\"exe_ans\": " + executed);
    assertThat(ReadFile.of("finqa", "[" + record + "]").examples().get(0).goldAnswers())
        .containsExactly(gold);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"exe_ans\": 0.2 | \"exe_ans\": NaN"
            + "| Invalid qa.exe_ans: \"NaN\" (must be a finite number, yes or no)",
        "\"exe_ans\": 0.2 | \"exe_ans\": \"\""
            + "| Invalid qa.exe_ans: \"\" (must be a finite number, yes or no)",
        "\"exe_ans\": 0.2 | \"exe\": 0.2"
            + "| Invalid qa.exe_ans: nothing (must be a finite number, yes or no)",
        "by how much did costs rise? | ' '"
            + "| Invalid qa.question: \" \" (must be a text, not blank)",
        "\"question\" | \"asked\" | Invalid qa.question: nothing (must be a text, not blank)",
        "\"qa\" | \"q\" | Invalid qa: nothing (must be an object)",
        "\"100\" | 100 | Invalid table[1][2]: 100 (must be a text)",
        "[\".\"] | \".\" | Invalid post_text: \".\" (must be an array of texts)",
        "see below | \\ud800"
            + "| Invalid pre_text[1]: \"\\ud800 .\" (must be Unicode: it has half a surrogate pair at character 0)",
        "$ 120 | \\udc00"
            + "| Invalid table[1][1]: \"\\udc00\" (must be Unicode: it has half a surrogate pair at character 0)",
        "divide(120, 100) | a\\udc00"
            + "| Invalid qa.program: \"a\\udc00\" (must be Unicode: it has half a surrogate pair at character 1)",
      })
  void aRecordThatCannotBeUsedIsRejectedAndReadingGoesOn(String old, String now, String reason)
      throws IOException {
    String other = RECORD.replace("pdf-1", "pdf-2");
    ReadFile read = ReadFile.of("finqa", "[" + RECORD.replace(old, now) + "," + other + "]");
    assertThat(read.rejections())
        .containsExactly(new Rejected("some.file", 0, "A/2009/page_1.pdf-1", reason));
    assertThat(read.examples()).extracting(RawExample::id).containsExactly("A/2009/page_1.pdf-2");
  }

  @Test
  void aTruncatedFileIsRefusedAfterTheRecordsBeforeTheCut() {
    String file = "[" + RECORD + "," + RECORD.substring(0, 100);
    assertThatThrownBy(() -> ReadFile.of("finqa", file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "Cannot read some.file: record 1, after id 'A/2009/page_1.pdf-1' (Unexpected end");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "5", "{\"id\": \"a\"}"})
  void aFileThatIsNoArrayIsRefused(String file) {
    assertThatThrownBy(() -> ReadFile.of("finqa", file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Cannot read some.file: record 0 (the file must be a JSON array of records)");
  }

  @Test
  void anElementThatIsNoObjectOrTextAfterTheArrayIsRefused() {
    assertThatThrownBy(() -> ReadFile.of("finqa", "[null]"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Cannot read some.file: record 0 (a record must be a JSON object)");
    assertThatThrownBy(() -> ReadFile.of("finqa", "[" + RECORD + "] []"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Cannot read some.file: record 1, after id 'A/2009/page_1.pdf-1'"
                + " (the file must end with its array of records)");
  }
}
