package dev.kindling.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.udf.Judgement;
import dev.kindling.udf.Verdict;
import dev.kindling.udf.Verifiers;
import dev.kindling.udf.worker.WorkerLimits;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers that try to hang, to break or to fool the verifier of mathematics, among others. */
class HostileMathTest {
  private static final WorkerLimits LIMITS = new WorkerLimits(60, 20, 303);
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
  private static final int ANSWERS = 60_000;
  private static final String GOLD = "\\frac{3}{7}";

  private static final List<String> HOSTILE =
      List.of(
          "9^{9^{9^{9}}}",
          "((((((9!)!)!)!)!)!)",
          "\\binom{10^{9}}{5\\cdot 10^{8}}",
          "{".repeat(30_000),
          "{".repeat(30_000) + "1" + "}".repeat(30_000),
          "(".repeat(60_000),
          "\\begin{matrix}" + "1&".repeat(30_000) + "\\end{matrix}",
          "\\begin{pmatrix}" + "1&".repeat(900) + "1\\end{pmatrix}",
          "\\frac".repeat(13_000),
          "\\boxed{".repeat(9_000),
          "\\boxed{1},".repeat(6_000),
          "9".repeat(65_000),
          "1" + "!".repeat(4_000),
          "1" + "/2".repeat(2_000),
          "1" + "/2*3".repeat(1_000),
          "x" + "^2".repeat(2_000),
          "\\sin".repeat(2_000) + " x",
          "-".repeat(4_000) + "x",
          "1e999999999",
          "x^{".repeat(5_000) + "2" + "}".repeat(5_000),
          "\\sqrt{".repeat(5_000) + "2" + "}".repeat(5_000),
          "3/7+0\\cdot 9^{9^{9^{9}}}",
          "\\frac{3}{7}\u0000",
          "\ud800\\frac{3}{7}\udc00\ud800",
          "\u202e\\frac{3}{7}\u202c",
          "</think>".repeat(8_000),
          "answer is ".repeat(6_000),
          "$".repeat(65_000),
          "1,".repeat(30_000),
          "\\pm".repeat(20_000) + "1",
          "-".repeat(65_000) + "1");

  @Test
  void noneHangsOrBreaksTheVerifier() {
    for (String answer : HOSTILE) {
      Judgement judgement = Verifiers.judge("math", List.of(GOLD), null, answer, LIMITS);
      assertThat(judgement.verdict().isEvidence()).as("%.60s", answer).isTrue();
    }
  }

  @Test
  void theLastBoxCountsWhateverStandsBeforeIt() {
    assertThat(judge("\\boxed{1} </think> \\boxed{" + GOLD + "}").verdict())
        .isEqualTo(Verdict.CORRECT);
    assertThat(judge("\\boxed{" + GOLD + "} </think> \\boxed{1}").verdict())
        .isEqualTo(Verdict.WRONG);
  }

  private static Judgement judge(String answer) {
    return Verifiers.judge("math", List.of(GOLD), null, answer, LIMITS);
  }

  /** Every hundredth answer is hostile, or none is. */
  private static List<String> answers(boolean hostile) {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < ANSWERS; i++) {
      answers.add(
          hostile && i % 100 == 99
              ? HOSTILE.get(i / 100 % HOSTILE.size())
              : "So it is \\boxed{" + 3 * (i % 5 + 1) + "/" + (7 * (i % 4 + 1)) + "}.");
    }
    return answers;
  }

  private static List<Verdict> judged(List<String> answers) {
    return answers.stream().map(answer -> judge(answer).verdict()).toList();
  }

  /** Processor time, which other processes do not lengthen much. */
  private static double seconds(List<String> answers) {
    double least = Double.POSITIVE_INFINITY;
    for (int run = 0; run < 3; run++) {
      long started = CLOCK.getCurrentThreadCpuTime();
      judged(answers);
      least = Math.min(least, (CLOCK.getCurrentThreadCpuTime() - started) / 1e9);
    }
    return least;
  }

  @Test
  void oneHostileAnswerInAHundredChangesNoOtherVerdictAndCostsLessThanHalfTheThroughput() {
    List<String> plain = answers(false);
    List<String> mixed = answers(true);
    List<Verdict> expected = judged(plain);
    List<Verdict> verdicts = judged(mixed);
    for (int i = 0; i < ANSWERS; i++) {
      if (i % 100 != 99) {
        assertThat(verdicts.get(i)).isEqualTo(expected.get(i));
        assertThat(verdicts.get(i) == Verdict.CORRECT).isEqualTo(i % 5 == i % 4);
      }
    }
    // A ratio of two runs of one thread, the best of three each.
    assertThat(seconds(mixed) / seconds(plain)).isLessThan(2);
  }
}
