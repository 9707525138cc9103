package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON is compared as the value that it says. */
class JsonEqualTest {
  @ParameterizedTest(name = "{1} for {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{\"a\": 1, \"b\": [2, 3]} | {\"b\":[2,3],\"a\":1}         | CORRECT",
        "{\"a\": 1, \"b\": [2, 3]} | {\"b\":[3,2],\"a\":1}         | WRONG",
        "{\"a\": 1}                | {\"a\": 1, \"b\": null}       | WRONG",
        "1                         | 1.0                           | CORRECT",
        "[100]                     | [1e2]                         | CORRECT",
        "9007199254740993          | 9007199254740992              | WRONG",
        "0.1                       | 0.10000000000000000555        | WRONG",
        "1                         | \"1\"                         | WRONG",
        "\"a\"                     | \"A\"                         | WRONG",
        "true                      | true                          | CORRECT",
        "null                      | null                          | CORRECT",
        "1                         | 1 2                           | UNPARSEABLE",
        "1                         | {\"a\": 1, \"a\": 1}          | UNPARSEABLE",
        "1                         | the value is 1                | UNPARSEABLE",
        "1                         | 1e999999999                   | UNPARSEABLE",
        "1                         | NaN                           | UNPARSEABLE",
      })
  void isJudged(String gold, String answer, Verdict verdict) {
    assertThat(Verifiers.judge("json_equal", List.of("[]", gold), null, answer).verdict())
        .isEqualTo(verdict);
  }

  @Test
  void theLastFencedBlockIsTheAnswer() {
    String answer = "Not ```[1]``` but\n```json\n{\"a\": [1]}\n```\nas you see.";
    assertThat(Verifiers.judge("json_equal", List.of("{\"a\": [1]}"), null, answer))
        .isEqualTo(Judgement.correct("{\"a\": [1]}"));
    assertThat(Verifiers.judge("json_equal", List.of("[1]"), null, "So ```[1]```").verdict())
        .isEqualTo(Verdict.CORRECT);
  }

  @Test
  void valuesThatAreTooDeepAreNotCompared() {
    String deep = "[".repeat(501) + "]".repeat(501);
    assertThat(Verifiers.judge("json_equal", List.of("[]"), null, deep))
        .isEqualTo(Judgement.unparseable("the answer is not JSON that can be compared"));
    String allowed = "[".repeat(500) + "]".repeat(500);
    assertThat(Verifiers.judge("json_equal", List.of(allowed), null, allowed).verdict())
        .isEqualTo(Verdict.CORRECT);
  }

  @Test
  void aGoldAnswerThatIsNoJsonIsAFault() {
    assertThat(Verifiers.judge("json_equal", List.of("{a"), null, "1").reason())
        .isEqualTo("json_equal failed: gold answer '{a' is not JSON that can be compared");
  }

  @Property
  void noTextIsAFault(@ForAll String answer) {
    assertThat(Verifiers.judge("json_equal", List.of("1"), null, answer).verdict())
        .isIn(Verdict.CORRECT, Verdict.WRONG, Verdict.UNPARSEABLE);
  }
}
