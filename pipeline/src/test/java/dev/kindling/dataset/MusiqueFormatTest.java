package dev.kindling.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MuSiQue's file format. */
class MusiqueFormatTest {
  private static final String RECORD =
      """
      {"id": "3hop1__7_8_9", "paragraphs": [{"idx": 0, "title": "Port", "paragraph_text": "A sea."},\
       {"idx": 1, "title": "Stan", "paragraph_text": "A seat."}], "question": "Which seat?",\
       "answer": "Stan", "answer_aliases": ["Stanley", ""], "answerable": true}
      """;

  @Test
  void theHopsAreTheLevelAndAliasesAreGoldAnswersToo() throws IOException {
    assertThat(ReadFile.of("musique", RECORD).examples())
        .containsExactly(
            new RawExample(
                0,
                "3hop1__7_8_9",
                "Port: A sea.\nStan: A seat.\nWhich seat?",
                "",
                List.of("Stan", "Stanley"),
                "exact_match",
                "{}",
                "3"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "true | false | Invalid answerable: false (must not be false)",
        "\"answer\" | \"a\" | Invalid answer: nothing (must be a text, not blank)",
        "\"Stanley\" | 5 | Invalid answer_aliases[0]: 5 (must be a text)",
        "{\"idx\": 0, | 5, {\"idx\": 0, | Invalid paragraphs[0]: 5 (must be an object)",
        "\"title\": \"Stan\" | \"t\": 1"
            + "| Invalid paragraphs[1].title: nothing (must be a text, not blank)",
        "\"paragraphs\" | \"p\" | Invalid paragraphs: nothing (must be an array of objects)",
      })
  void aRecordThatCannotBeUsedIsRejectedAndReadingGoesOn(String old, String now, String reason)
      throws IOException {
    ReadFile read = ReadFile.of("musique", RECORD.replace(old, now) + RECORD);
    assertThat(read.rejections())
        .containsExactly(new Rejected("some.file", 0, "3hop1__7_8_9", reason));
    assertThat(read.examples()).extracting(RawExample::record).containsExactly(1L);
  }

  @Test
  void anIdThatDoesNotNameItsHopsIsRejected() throws IOException {
    assertThat(ReadFile.of("musique", RECORD.replace("3hop1", "hop")).rejections())
        .extracting(Rejected::reason)
        .containsExactly(
            "Invalid id: \"hop__7_8_9\" (must begin with the number of hops, as 2hop does)");
  }
}
