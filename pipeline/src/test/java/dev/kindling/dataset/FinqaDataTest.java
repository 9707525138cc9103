package dev.kindling.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.udf.Verdict;
import dev.kindling.udf.Verifiers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FinQA's real records; the environment variable KINDLING_DATA points to the data sets' folder. */
class FinqaDataTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @ParameterizedTest
  @CsvSource({"dev.sample.json, 210, 168", "test.sample.json, 100, 81"})
  void everyRecordIsReadAndItsGoldAnswerAndProgramVerifyThemselves(
      String name, int records, int annotated) throws IOException {
    String data = System.getenv("KINDLING_DATA");
    assumeTrue(data != null, "KINDLING_DATA is not set: real FinQA records are not read");
    byte[] file = Files.readAllBytes(Path.of(data, "finqa", name));
    ReadFile read = ReadFile.of("finqa", PromptStyle.COLD, file);
    assertThat(read.rejections()).isEmpty();
    assertThat(read.examples()).hasSize(records);
    int correct = 0;
    for (RawExample example : read.examples()) {
      JsonNode context = MAPPER.readTree(example.verifierContext());
      assertThat(judge("finqa_number", example, example.goldAnswers().get(0)))
          .isEqualTo(Verdict.CORRECT);
      assertThat(judge("finqa_program", example, context.get("program").asText()))
          .as(example.id())
          .isEqualTo(Verdict.CORRECT);
      if (judge("finqa_number", example, context.get("answer").asText()) == Verdict.CORRECT) {
        correct++;
      }
    }
    // What is left disagrees with the record's program or was cut instead of rounded.
    assertThat(correct).isEqualTo(annotated);
  }

  private static Verdict judge(String verifier, RawExample example, String answer) {
    List<String> gold = example.goldAnswers();
    return Verifiers.judge(verifier, gold, example.verifierContext(), answer).verdict();
  }
}
