package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Regular expressions of gold answers. */
class RegexMatchTest {
  private static Judgement judge(String pattern, String answer) {
    return Verifiers.judge("regex", List.of(pattern), null, answer);
  }

  @Test
  void theWholeAnswerMustMatch() {
    assertThat(judge("[0-9]{3}", " 123\n").verdict()).isEqualTo(Verdict.CORRECT);
    assertThat(judge("[0-9]{3}", "1234").verdict()).isEqualTo(Verdict.WRONG);
    assertThat(judge("(?s).*\\bRome\\b.*", "It is\nRome.").verdict()).isEqualTo(Verdict.CORRECT);
    assertThat(judge("a*", " ").verdict()).isEqualTo(Verdict.UNPARSEABLE);
  }

  @Test
  void anExpressionThatIsNoneIsAnError() {
    assertThat(judge("(a", "a").reason())
        .isEqualTo(
            "regex failed: no regular expression: error parsing regexp: missing closing ): `(a`");
    // A back reference needs backtracking, which RE2 does not do.
    assertThat(judge("(a)\\1", "aa").verdict()).isEqualTo(Verdict.ERROR);
  }

  @Test
  void nestedRepetitionsTakeLinearTime() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () ->
            assertThat(judge("(a+)+b", "a".repeat(Verifiers.MAX_ANSWER_CHARS)).verdict())
                .isEqualTo(Verdict.WRONG));
  }
}
