package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A number is right up to the larger of both tolerances, and exactly where there are none. */
class TolerantNumberTest {
  @ParameterizedTest(name = "{1} for {0} within {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "5     | 5.0                      | {}                                    | CORRECT",
        "5     | 5.0000000000000000001    | {}                                    | WRONG",
        "5     | 5.01                     | {\"absolute\": 0.01}                  | CORRECT",
        "5     | 5.0101                   | {\"absolute\": 0.01}                  | WRONG",
        "5     | -5                       | {\"absolute\": 9.99}                  | WRONG",
        "-200  | -199                     | {\"relative\": 0.005}                 | CORRECT",
        "-200  | -198.9                   | {\"relative\": 0.005}                 | WRONG",
        "-200  | -198.9                   | {\"relative\": 0.005, \"absolute\": 2} | CORRECT",
        "0.25  | it is 25%                | {}                                    | CORRECT",
        "25%   | 0.25                     | {}                                    | CORRECT",
        "3.5e6 | $3.5M                    | {}                                    | CORRECT",
        "7     | 3 and 4 make 7           | {}                                    | CORRECT",
        "7     | the answer is 7, not 8   | {}                                    | CORRECT",
        "7     | none                     | {}                                    | UNPARSEABLE",
      })
  void isJudged(String gold, String answer, String context, Verdict verdict) {
    assertThat(Verifiers.judge("number", List.of(gold), context, answer).verdict())
        .isEqualTo(verdict);
  }

  @Test
  void oneOfSeveralGoldAnswersIsEnoughAndTheContextMayBeLeftOut() {
    assertThat(Verifiers.judge("number", List.of("1", "2"), null, "x = 2"))
        .isEqualTo(Judgement.correct("2"));
  }

  @Test
  void goldAnswersAndTolerancesThatAreNoneAreFaults() {
    assertThat(Verifiers.judge("number", List.of("many"), null, "2").reason())
        .isEqualTo("number failed: gold answer 'many' is not a number");
    assertThat(Verifiers.judge("number", List.of("2"), "{\"relative\": -1}", "2").reason())
        .isEqualTo("number failed: tolerance 'relative' of the context is -1, not a number >= 0");
  }

  @Property
  void aNumberIsItself(@ForAll BigDecimal number) {
    String text = number.toPlainString();
    assertThat(Verifiers.judge("number", List.of(text), null, text).verdict())
        .isEqualTo(Verdict.CORRECT);
  }

  @Property
  void noTextIsAFault(@ForAll String answer) {
    assertThat(Verifiers.judge("number", List.of("1"), null, answer).verdict())
        .isIn(Verdict.CORRECT, Verdict.WRONG, Verdict.UNPARSEABLE);
  }
}
