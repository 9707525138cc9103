package dev.kindling.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

/** Settings of the objectives and the losses of a token. */
class ObjectiveTest {
  private static final double LOG_2 = Math.log(2);

  @Test
  void everyBrokenRuleOfAnObjectiveIsNamed() {
    assertThatThrownBy(() -> new Paft(Success.LIKELIHOOD, 1.5, -1, true))
        .hasMessage(
            """
            Invalid objective.q: 1.5 (must be in [0, 1])
            Invalid objective.resamples: -1 (must be >= 0; 0 draws as many as there are samples)""");
    assertThatThrownBy(() -> new Garl(Success.VERIFIED, Double.NaN, true, true))
        .hasMessage("Invalid objective.q: NaN (must be in [0, 1])");
    assertThatThrownBy(
            () -> new Grpo(Success.VERIFIED, 1, 0, 1, -1, Aggregation.SEQ_MEAN_TOKEN_MEAN))
        .hasMessage(
            """
            Invalid objective.clip_low: 1.0 (must be in (0, 1))
            Invalid objective.clip_high: 0.0 (must be > 0 and finite)
            Invalid objective.dual_clip: 1.0 (must be 0 (off), or finite and > 1)
            Invalid objective.kl: -1.0 (must be >= 0 and finite)""");
    assertThatThrownBy(() -> new Sft(Aggregation.EXAMPLE_MEAN))
        .hasMessage(
            "Invalid objective.aggregation: example-mean (must be token-mean, seq-mean-token-sum"
                + " or seq-mean-token-mean)");
  }

  @Test
  void rewardsOfSampledAnswersCannotComeFromTheGoldAnswersLikelihood() {
    assertThatThrownBy(() -> new Rloo(Success.LIKELIHOOD, Aggregation.TOKEN_MEAN))
        .hasMessageStartingWith("Invalid objective.success: likelihood (must be verified: RLOO");
    assertThatThrownBy(() -> new Grpo(Success.LIKELIHOOD, 0.2, 0.2, 0, 0, Aggregation.TOKEN_MEAN))
        .hasMessageStartingWith("Invalid objective.success: likelihood (must be verified: GRPO");
  }

  @Test
  void namesOfConfigurationFilesAreReadBack() {
    assertThat(Success.named("likelihood")).isEqualTo(Success.LIKELIHOOD);
    assertThat(Aggregation.named("seq-mean-token-sum")).isEqualTo(Aggregation.SEQ_MEAN_TOKEN_SUM);
    assertThatThrownBy(() -> Success.named("reward"))
        .hasMessage("Invalid objective.success: reward (must be likelihood or verified)");
    assertThatThrownBy(() -> Aggregation.named("example-mean"))
        .hasMessageStartingWith("Invalid objective.aggregation: example-mean (must be token-mean,");
  }

  @Test
  void aRatioBeyondItsBoundIsClippedOnlyWhereItWouldBeRewarded() {
    ClippedRatio loss = new ClippedRatio(0.2, 0.3, 0, 0);
    // The ratio is 2.
    assertThat(loss.value(LOG_2, 0, Double.NaN, 0.5, 1)).isCloseTo(-0.65, within(1e-15));
    assertThat(loss.slope(LOG_2, 0, Double.NaN, 0.5, 1)).isZero();
    assertThat(loss.isClipped(LOG_2, 0, 0.5)).isTrue();
    assertThat(loss.value(LOG_2, 0, Double.NaN, -0.5, 1)).isCloseTo(1, within(1e-15));
    assertThat(loss.slope(LOG_2, 0, Double.NaN, -0.5, 1)).isCloseTo(1, within(1e-15));
    assertThat(loss.isClipped(LOG_2, 0, -0.5)).isFalse();
    // The ratio is 1/2.
    assertThat(loss.value(-LOG_2, 0, Double.NaN, -0.5, 1)).isCloseTo(0.4, within(1e-15));
    assertThat(loss.slope(-LOG_2, 0, Double.NaN, -0.5, 1)).isZero();
    assertThat(loss.slope(-LOG_2, 0, Double.NaN, 0.5, 1)).isCloseTo(-0.25, within(1e-15));
  }

  @Test
  void theDualClipBoundsTheLossOfANegativeAdvantage() {
    ClippedRatio loss = new ClippedRatio(0.2, 0.2, 3, 0);
    assertThat(loss.value(2 * LOG_2, 0, Double.NaN, -0.5, 1)).isEqualTo(1.5);
    assertThat(loss.slope(2 * LOG_2, 0, Double.NaN, -0.5, 1)).isZero();
    assertThat(loss.isClipped(2 * LOG_2, 0, -0.5)).isTrue();
    assertThat(loss.slope(LOG_2, 0, Double.NaN, -0.5, 1)).isCloseTo(1, within(1e-15));
  }

  @Test
  void klIsWeightedByTheTokensShareAlone() {
    ClippedRatio loss = new ClippedRatio(0.2, 0.2, 0, 0.5);
    // d = log 2: e^d - d - 1 = 1 - log 2; its derivative by the log-prob is 1 - e^d.
    assertThat(loss.value(-LOG_2, -LOG_2, 0, 0, 0.1)).isCloseTo(0.05 * (1 - LOG_2), within(1e-16));
    assertThat(loss.slope(-LOG_2, -LOG_2, 0, 0, 0.1)).isCloseTo(-0.05, within(1e-16));
    assertThat(loss.needsReference()).isTrue();
    assertThat(new ClippedRatio(0.2, 0.2, 0, 0).needsReference()).isFalse();
  }

  @Test
  void aTokenWithoutCoefficientHasNoLossEvenWhereItIsImpossible() {
    double impossible = Double.NEGATIVE_INFINITY;
    assertThat(new PolicyGradient().value(impossible, 0, Double.NaN, 0, 1)).isZero();
    assertThat(new ClippedRatio(0.2, 0.2, 0, 0).value(0, impossible, Double.NaN, 0, 1)).isZero();
  }

  @Test
  void aLogprobThatIsNoNumberIsNotHiddenByTheClip() {
    ClippedRatio loss = new ClippedRatio(0.2, 0.2, 3, 0);
    for (double coef : new double[] {1, -1}) {
      assertThat(loss.slope(Double.NaN, 0, Double.NaN, coef, 1)).isNaN();
      assertThat(loss.value(Double.NaN, 0, Double.NaN, coef, 1)).isNaN();
    }
  }

  @Property
  void slopesAreTheDerivativesOfTheLoss(
      @ForAll @DoubleRange(min = -5, max = 0) double logprob,
      @ForAll @DoubleRange(min = -5, max = 0) double sampler,
      @ForAll @DoubleRange(min = -5, max = 0) double reference,
      @ForAll @DoubleRange(min = -2, max = 2) double coef) {
    double ratio = Math.exp(logprob - sampler);
    for (double kink : new double[] {0.8, 1.3, 3}) {
      Assume.that(Math.abs(ratio - kink) > 1e-4);
    }
    for (TokenLoss loss :
        new TokenLoss[] {new PolicyGradient(), new ClippedRatio(0.2, 0.3, 3, 0.04)}) {
      double step = 1e-6;
      double difference =
          loss.value(logprob + step, sampler, reference, coef, 0.5)
              - loss.value(logprob - step, sampler, reference, coef, 0.5);
      assertThat(loss.slope(logprob, sampler, reference, coef, 0.5))
          .isCloseTo(difference / (2 * step), within(1e-6 * (1 + ratio)));
    }
  }
}
