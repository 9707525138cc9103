package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.udf.worker.WorkerLimits;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which extracted answers a vote counts as one. */
class SameAnswersTest {
  private static boolean same(String verifier, String context, String one, String other) {
    return Verifiers.isSame(verifier, context, one, other, WorkerLimits.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "finqa_number; 24.69%; 0.2469; true",
        "finqa_number; $3.5 million; 3,500,000; true",
        "finqa_number; 24.70; 24.7; true",
        "finqa_number; 24.7; 24.69; false",
        "finqa_number; 24.69%; 24.69; false",
        "finqa_number; yes; no; false",
        "number; 1e3; 1,000; true",
        "number; 5; 6; false",
        "json_equal; [1.0, {\"a\": 2, \"b\": 3}]; [1, {\"b\": 3, \"a\": 2}]; true",
        "json_equal; 1; \"1\"; false",
        "exact_string; 1.0; 1; false",
        "multiple_choice; A; B; false",
      })
  void answersAreOneByTheVerifiersOwnEquality(
      String verifier, String one, String other, boolean same) {
    assertThat(same(verifier, "{}", one, other)).isEqualTo(same);
    assertThat(same(verifier, "{}", other, one)).isEqualTo(same);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"absolute\": 0.5}", "{\"relative\": 0.05}"})
  void tolerancesOfTheRecordWidenTheEqualityOfNumbers(String context) {
    assertThat(same("number", context, "10", "10.5")).isTrue();
    assertThat(same("number", context, "10", "10.6")).isFalse();
  }

  @Test
  void normalFormsAreExtractedSoThatEqualAnswersAreEqualTexts() {
    for (String answer : new String[] {"1,000", " 1000.0 "}) {
      assertThat(Verifiers.judge("answer_match", List.of("7"), "{}", answer).extracted())
          .isEqualTo("1000");
    }
  }

  @Test
  void whatCannotBeComparedIsOneOnlyWhereItsTextIs() {
    assertThat(same("json_equal", "{}", "{", "{")).isTrue();
    assertThat(same("json_equal", "{}", "{", "[")).isFalse();
    assertThat(same("number", "no JSON", "1", "1.0")).isFalse();
    assertThat(same("no such verifier", null, "1", "1.0")).isFalse();
    assertThat(same(null, null, "1", "1")).isTrue();
  }
}
