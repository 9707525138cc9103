package dev.kindling.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.SparkTest;
import dev.kindling.engine.model.CounterRandom;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.train.Trainer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Policies of a few tokens, and the coefficients that they are trained with. */
class TinyPolicyTest {
  private static Trainer trainer;

  @BeforeAll
  static void open() {
    trainer = new Trainer(Precision.FLOAT32, Long.MAX_VALUE);
  }

  @AfterAll
  static void close() {
    trainer.close();
  }

  @Test
  void theSuccessProbabilityIsSetExactlyAndAStepMovesTheLogOddsByTimeTimesSlope() {
    for (double start : EscapeTimes.STARTS) {
      try (TinyPolicy policy = TinyPolicy.of(trainer, 1 - start, start)) {
        double before = policy.logLikelihoods(1)[0];
        assertThat(before).isCloseTo(Math.log(start), within(2e-6));
        policy.step(List.of(new TinyPolicy.Example(0, 1, 0.5)), 0.2);
        double after = policy.logLikelihoods(1)[0];
        // Coefficient 0.5, time 0.2, slope 1 - P.
        double moved = logOdds(after) - logOdds(before);
        assertThat(moved).isCloseTo(0.1 * (1 - start), within(1e-5));
      }
    }
  }

  private static double logOdds(double log) {
    return log - Math.log(-Math.expm1(log));
  }

  @Test
  void halfOfWhatAPromptLearnsIsLearnedForAllPrompts() {
    try (TinyPolicy policy = TinyPolicy.of(trainer, 0.5, 0.5)) {
      policy.step(List.of(new TinyPolicy.Example(0, 1, 1)), 0.2);
      double[] logs = policy.logLikelihoods(1, 1);
      // Slope 1/2, time 0.2.
      assertThat(logOdds(logs[0])).isCloseTo(0.1, within(1e-5));
      assertThat(logOdds(logs[1])).isCloseTo(0.05, within(1e-5));
    }
  }

  @Test
  void coefficientsBetweenTheWeighedPointsAreThePowersTheyShouldBe() {
    StageCoefficients zero = StageCoefficients.of(SparkTest.session(), 0, 32);
    StageCoefficients half = StageCoefficients.of(SparkTest.session(), 0.5, 32);
    StageCoefficients one = StageCoefficients.of(SparkTest.session(), 1, 32);
    // P^(1-q) at P = e^-3.217.
    assertThat(zero.ofGold(-3.217)).isCloseTo(0.0400751, within(1e-7));
    assertThat(half.ofGold(-3.217)).isCloseTo(0.2001877, within(1e-7));
    assertThat(one.ofGold(-3.217)).isCloseTo(1, within(1e-12));
    // One correct answer of 32 at q = 1: (32 - 1)/32, and -1 for each of 31 others.
    assertThat(one.ofCorrect(1)).isCloseTo(31 / 32.0, within(1e-12));
    assertThat(one.ofWrong(1)).isCloseTo(-31 / 32.0, within(1e-12));
    assertThat(one.ofCorrect(0)).isZero();
    assertThat(one.ofWrong(0)).isZero();
    assertThat(zero.ofWrong(32)).isZero();
  }

  @Test
  void theSameDrawsGiveTheSameTime() {
    StageCoefficients half = StageCoefficients.of(SparkTest.session(), 0.5, 8);
    double once = Escape.drawn(trainer, 0.2, half, CounterRandom.of(1, "test"));
    assertThat(Escape.drawn(trainer, 0.2, half, CounterRandom.of(1, "test"))).isEqualTo(once);
    assertThat(Escape.drawn(trainer, 0.2, half, CounterRandom.of(2, "test"))).isNotEqualTo(once);
  }

  @Test
  void theIntegralAtQZeroHasAClosedForm() {
    // From 0.1: 2 ln 9 + 1/0.1 - 1/0.5 + 1/0.5 - 1/0.9 = 13.283338.
    assertThat(Escape.integral(0.1, 0)).isCloseTo(13.283338, within(1e-6));
  }
}
