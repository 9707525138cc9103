package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers that try to hang a verifier or to break it. */
class HostileAnswersTest {
  private static final String CONTEXT = "{\"table\": [[\"a\", \"1\"]]}";

  private static final List<String> PIECES =
      List.of(
          "9",
          "(",
          ")",
          "-",
          "0",
          "000,",
          ".",
          " ",
          "e",
          "a ",
          "1 ",
          "1,",
          "1.1",
          "1e999 ",
          "-1e-999 ",
          "( 1 % ) ",
          "answer",
          "answer is ",
          "answer: 1 ",
          "answer \t",
          "yes ",
          "million ",
          "1 percentage ",
          "9k",
          "是1",
          "答案是",
          "\uff19",
          "$ ( ",
          "add(1, 2), ",
          "add(#0, #0), ",
          "exp(9, 9), ",
          "table_sum(a, a), ",
          "1_",
          "\\boxed{",
          "\\boxed{A} ",
          "(A) ",
          "[",
          "{\"a\":",
          "```\n",
          "\ud800",
          "\u0000");

  @Test
  void theLongestReadableAnswersAreJudgedInSeconds() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (String piece : PIECES) {
            String answer = piece.repeat(Verifiers.MAX_ANSWER_CHARS / piece.length());
            for (String verifier : Verifiers.names()) {
              assertThat(Verifiers.judge(verifier, golds(verifier), CONTEXT, answer).verdict())
                  .as("%s on many '%s'", verifier, piece)
                  .isIn(Verdict.WRONG, Verdict.UNPARSEABLE, Verdict.CORRECT);
            }
            List<String> tokens = FinqaSteps.tokenize(answer);
            assertThat(FinqaProgramMatch.isSame(tokens, FinqaSteps.tokenize("add(3, 4)")))
                .isFalse();
          }
        });
  }

  private static List<String> golds(String verifier) {
    return switch (verifier) {
      case "multiple_choice" -> List.of("A", "B");
      case "number", "json_equal" -> List.of("12345", "1");
      default -> List.of("12345", "yes");
    };
  }

  @Test
  void anAnswerBeyondTheCapIsUnparseable() {
    String answer = "9".repeat(10_000_000);
    for (String verifier : Verifiers.names()) {
      assertThat(Verifiers.judge(verifier, List.of("9"), CONTEXT, answer))
          .isEqualTo(Judgement.unparseable("the answer has 10000000 characters, more than 65536"));
    }
  }

  @Test
  void anOperandOfManyGroupsOfDigitsIsRead() {
    assertThat(FinqaNumeral.parse("0_".repeat(30_000) + "7")).hasValue(7);
    assertThat(FinqaNumeral.parse("0_".repeat(30_000))).isEmpty();
  }

  @Test
  void aNumberLongerThanAnyQuantityIsNoNumber() {
    String digits = "9".repeat(401);
    assertThat(Verifiers.judge("finqa_number", List.of("5"), null, "5 " + digits).extracted())
        .isEqualTo("5");
    assertThat(Verifiers.judge("finqa_number", List.of("5"), null, digits.substring(1)).verdict())
        .isEqualTo(Verdict.WRONG);
  }

  @Test
  void missingInputsHaveVerdictsThatSayWhatIsMissing() {
    assertThat(Verifiers.judge("exact_match", List.of("a"), null, null))
        .isEqualTo(Judgement.unparseable("there is no answer"));
    assertThat(Verifiers.judge("exact_match", null, null, "a"))
        .isEqualTo(Judgement.error("there is no gold answer"));
    assertThat(Verifiers.judge("exact_match", List.of(), null, "a"))
        .isEqualTo(Judgement.error("there is no gold answer"));
    assertThat(Verifiers.judge("exact_match", Arrays.asList("a", null), null, "a"))
        .isEqualTo(Judgement.error("a gold answer is null"));
    assertThat(Verifiers.judge("exact", List.of("a"), null, "a"))
        .isEqualTo(
            Judgement.error(
                "no verifier 'exact' (there are "
                    + "[answer_match, exact_match, exact_string, finqa_number, finqa_program,"
                    + " json_equal, math, multiple_choice, number, regex, substring_match])"));
    assertThat(Verifiers.judge(null, List.of("a"), null, "a"))
        .isEqualTo(Judgement.error("the verifier is null (there are " + Verifiers.names() + ")"));
  }
}
