package dev.kindling.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HotpotQA's file format. */
class HotpotqaFormatTest {
  private static final String RECORD =
      """
      {"_id": "5a", "question": "Who wrote it?", "answer": "Ann Lee", "type": "bridge",
       "level": "hard", "supporting_facts": [["It", 0]],
       "context": [["It", ["It is a book.", " Ann Lee wrote it."]], ["Kent", ["A county."]]]}
      """;

  private static final String COLD_PROMPT =
      """
      It: It is a book. Ann Lee wrote it.
      Kent: A county.
      Who wrote it?""";

  @Test
  void aColdPromptIsTheTitledParagraphsAndTheQuestion() throws IOException {
    assertThat(ReadFile.of("hotpotqa", "[" + RECORD + "]").examples())
        .containsExactly(
            new RawExample(
                0, "5a", COLD_PROMPT, "", List.of("Ann Lee"), "exact_match", "{}", "hard"));
  }

  @Test
  void aWarmPromptAsksForTheAnswerAloneBecauseAllOfItIsCompared() throws IOException {
    RawExample warm =
        ReadFile.of("hotpotqa", PromptStyle.WARM, "[" + RECORD + "]").examples().get(0);
    assertThat(warm.prompt())
        .startsWith("Read the paragraphs")
        .contains("Give the answer alone")
        .endsWith("or yes or no.\n\n" + COLD_PROMPT);
    assertThat(warm.goldAnswers()).containsExactly("Ann Lee");
  }

  @Test
  void aRecordWithoutParagraphsOrLevelIsItsQuestion() throws IOException {
    String record = "{'_id': 'a', 'question': 'Who?', 'answer': 'no', 'context': []}";
    assertThat(ReadFile.of("hotpotqa", ("[" + record + "]").replace('\'', '"')).examples())
        .containsExactly(
            new RawExample(0, "a", "Who?", "", List.of("no"), "exact_match", "{}", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"answer\" | \"a\" | Invalid answer: nothing (must be a text, not blank)",
        "Who wrote it? | ` ` | Invalid question: \" \" (must be a text, not blank)",
        "\"context\" | \"c\" | Invalid context: nothing (must be an array of paragraphs)",
        "[\"A county.\"] | \"A county.\""
            + "| Invalid context[1][1]: \"A county.\" (must be an array of texts)",
        "\"A county.\" | 5 | Invalid context[1][1][0]: 5 (must be a text)",
        "\"Kent\", [\"A county.\"] | \"Kent\""
            + "| Invalid context[1]: [\"Kent\"] (must be a title and an array of sentences)",
        "\"Kent\" | 5 | Invalid context[1][0]: 5 (must be a text, not blank)",
      })
  void aRecordThatCannotBeUsedIsRejectedAndReadingGoesOn(String old, String now, String reason)
      throws IOException {
    String other = RECORD.replace("5a", "5b");
    ReadFile read = ReadFile.of("hotpotqa", "[" + RECORD.replace(old, now) + "," + other + "]");
    assertThat(read.rejections()).containsExactly(new Rejected("some.file", 0, "5a", reason));
    assertThat(read.examples()).extracting(RawExample::id).containsExactly("5b");
  }

  @Test
  void theIdIsRequired() throws IOException {
    String without = RECORD.replace("_id", "id");
    ReadFile read = ReadFile.of("hotpotqa", "[" + without + "," + RECORD + "]");
    assertThat(read.rejections())
        .containsExactly(
            new Rejected("some.file", 0, "", "Invalid _id: nothing (must be a text, not blank)"));
    assertThat(read.examples()).extracting(RawExample::id).containsExactly("5a");
  }
}
