package dev.kindling.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Token losses and regularisers: values by hand, slopes by differences. */
class SequenceLossTest {
  private static final double LOG_2 = Math.log(2);

  private static SequenceScores scores(double[] logprobs, double[] sampler, double... coefs) {
    double[] zeros = new double[coefs.length];
    return new SequenceScores(
        coefs, 0.5, logprobs, sampler, zeros, zeros, zeros, zeros, new double[0][]);
  }

  private static LossTerms terms(TokenLoss loss, double logRatio, double coef) {
    return new SequenceLoss(loss, List.of())
        .of(scores(new double[] {logRatio}, new double[1], coef));
  }

  @Test
  void aRatioBeyondItsBoundIsClippedOnlyWhereItWouldBeRewarded() {
    ClippedRatio loss = new ClippedRatio(0.2, 0.3, 0);
    LossTerms rewarded = terms(loss, LOG_2, 0.5);
    assertThat(rewarded.values()[0]).isCloseTo(-0.65, within(1e-15));
    assertThat(rewarded.logprobSlopes()[0]).isZero();
    assertThat(rewarded.clipped()[0]).isTrue();
    LossTerms punished = terms(loss, LOG_2, -0.5);
    assertThat(punished.values()[0]).isCloseTo(1, within(1e-15));
    assertThat(punished.logprobSlopes()[0]).isCloseTo(1, within(1e-15));
    assertThat(punished.clipped()[0]).isFalse();
    assertThat(terms(loss, -LOG_2, -0.5).values()[0]).isCloseTo(0.4, within(1e-15));
    assertThat(terms(loss, -LOG_2, -0.5).logprobSlopes()[0]).isZero();
    assertThat(terms(loss, -LOG_2, 0.5).logprobSlopes()[0]).isCloseTo(-0.25, within(1e-15));
  }

  @Test
  void theDualClipBoundsTheLossOfANegativeAdvantage() {
    ClippedRatio loss = new ClippedRatio(0.2, 0.2, 3);
    assertThat(terms(loss, 2 * LOG_2, -0.5).values()[0]).isEqualTo(1.5);
    assertThat(terms(loss, 2 * LOG_2, -0.5).logprobSlopes()[0]).isZero();
    assertThat(terms(loss, LOG_2, -0.5).logprobSlopes()[0]).isCloseTo(1, within(1e-15));
  }

  @Test
  void theOneSidedBoundHoldsForEitherSignAndCispoKeepsASlopeBeyondIt() {
    for (double coef : new double[] {1, -1}) {
      assertThat(terms(new Ratio(1.5), LOG_2, coef).values()[0]).isEqualTo(-1.5 * coef);
      assertThat(terms(new Ratio(1.5), LOG_2, coef).logprobSlopes()[0]).isZero();
      assertThat(terms(new Cispo(1, 0.5), LOG_2, coef).logprobSlopes()[0]).isEqualTo(-1.5 * coef);
    }
    assertThat(terms(new Ratio(0), 10 * LOG_2, 1).values()[0]).isCloseTo(-1024, within(1e-9));
  }

  @Test
  void theRatioOfASequenceIsTheMeanOfItsTokens() {
    // log r = log 4 and 0: s = 2. Both tokens get half of the slope of -s (1 + 2).
    SequenceScores scores = scores(new double[] {2 * LOG_2, 0}, new double[2], 1, 2);
    LossTerms whole = new SequenceLoss(new Gspo(0.2, 2), List.of()).of(scores);
    assertThat(whole.values()).containsExactly(new double[] {-2, -4}, within(1e-14));
    assertThat(whole.logprobSlopes()).containsExactly(new double[] {-3, -3}, within(1e-14));
    LossTerms tokens = new SequenceLoss(new GspoToken(new Gspo(0.2, 2)), List.of()).of(scores);
    assertThat(tokens.values()).isEqualTo(whole.values());
    assertThat(tokens.logprobSlopes()).containsExactly(new double[] {-2, -4}, within(1e-14));
    LossTerms clipped = new SequenceLoss(new Gspo(0.2, 0.2), List.of()).of(scores);
    assertThat(clipped.logprobSlopes()).containsExactly(0, 0);
    assertThat(clipped.clipped()).containsExactly(true, true);
  }

  @Test
  void theReferenceTermIsBoundedWhereATokenWasForgotten() {
    // d = log 2: e^d - d - 1 = 1 - log 2, its slope by the log-prob 1 - e^d = -1.
    SequenceScores scores = scores(new double[] {-LOG_2, -300}, new double[2], 0, 0);
    LossTerms terms =
        new SequenceLoss(new PolicyGradient(), List.of(new ReferenceKl(0.1, 10))).of(scores);
    assertThat(terms.values())
        .containsExactly(new double[] {0.05 * (1 - LOG_2), 0.5}, within(1e-15));
    assertThat(terms.logprobSlopes()).containsExactly(new double[] {-0.05, 0}, within(1e-15));
  }

  @Test
  void theReleasedLpRegPullsOnlyUpwardsAndIsBounded() {
    // d = log 2, -log 2, 5 (e^5 - 6 = 142), negative infinity for noise, and log 2 without a mark.
    double[] logprobs = {-LOG_2, 0, -5, -9, -LOG_2};
    double[] proxy = {0, -LOG_2, 0, Double.NEGATIVE_INFINITY, 0};
    double[] zeros = new double[5];
    SequenceScores scores =
        new SequenceScores(
            zeros,
            0.5,
            logprobs,
            zeros,
            zeros,
            zeros,
            proxy,
            zeros,
            new double[][] {{1, 1, 1, 1, 0}});
    LpRegCode released = new LpRegCode(new LpReg(0.1, 0.01, 0.02, 0, Proxy.Source.SAMPLER));
    LossTerms terms = new SequenceLoss(new PolicyGradient(), List.of(released)).of(scores);
    assertThat(terms.values())
        .containsExactly(new double[] {0.05 * (1 - LOG_2), 0, 0.5, 0, 0}, within(1e-15));
    assertThat(terms.logprobSlopes())
        .containsExactly(new double[] {-0.05, 0, 0, 0, 0}, within(1e-15));
  }

  @Test
  void truncatedImportanceWeighsACoefficientAtMostByItsCap() {
    SequenceScores scores = scores(new double[] {-LOG_2, 3 * LOG_2}, new double[] {0, 0}, 1, 1);
    LossTerms terms =
        new SequenceLoss(new PolicyGradient(), List.of(new TruncatedImportance(2))).of(scores);
    assertThat(terms.logprobSlopes()).containsExactly(new double[] {-0.5, -2}, within(1e-15));
  }

  @Test
  void aTokenWithoutCoefficientHasNoLossEvenWhereItIsImpossible() {
    double impossible = Double.NEGATIVE_INFINITY;
    for (TokenLoss loss :
        List.of(
            new PolicyGradient(), new ClippedRatio(0.2, 0.2, 0), new Ratio(10), new Sapo(1, 1))) {
      LossTerms terms =
          new SequenceLoss(loss, List.of())
              .of(scores(new double[] {0}, new double[] {impossible}, 0));
      assertThat(terms.values()[0]).as(loss.name()).isZero();
    }
  }

  @Test
  void aLogprobThatIsNoNumberIsNotHiddenByTheClip() {
    for (double coef : new double[] {1, -1}) {
      LossTerms terms = terms(new ClippedRatio(0.2, 0.2, 3), Double.NaN, coef);
      assertThat(terms.logprobSlopes()[0]).isNaN();
      assertThat(terms.values()[0]).isNaN();
      assertThat(terms(new Gspo(0.2, 0.2), Double.NaN, coef).logprobSlopes()[0]).isNaN();
    }
  }

  @Property(tries = 200)
  void slopesAreTheDerivativesOfTheLoss(
      @ForAll @Size(3) List<@DoubleRange(min = -3, max = 0) Double> logprobs,
      @ForAll @Size(3) List<@DoubleRange(min = -3, max = 0) Double> sampler,
      @ForAll @Size(3) List<@DoubleRange(min = -2, max = 2) Double> coefs) {
    double[] at = logprobs.stream().mapToDouble(x -> x).toArray();
    double[] from = sampler.stream().mapToDouble(x -> x).toArray();
    double[] k = coefs.stream().mapToDouble(x -> x).toArray();
    double mean = 0;
    for (int t = 0; t < 3; t++) {
      mean += (at[t] - from[t]) / 3;
      for (double kink : new double[] {0.8, 1.3, 3, 10}) {
        Assume.that(Math.abs(Math.exp(at[t] - from[t]) - kink) > 1e-4);
      }
    }
    for (double kink : new double[] {0.8, 1.3}) {
      Assume.that(Math.abs(Math.exp(mean) - kink) > 1e-4);
    }
    for (TokenLoss loss :
        List.of(
            new PolicyGradient(),
            new ClippedRatio(0.2, 0.3, 3),
            new Ratio(10),
            new Sapo(1, 1.05),
            new Gspo(0.2, 0.3))) {
      SequenceLoss whole = new SequenceLoss(loss, List.of(new ReferenceKl(0.04, 0)));
      double[] slopes = whole.of(scores(at, from, k)).logprobSlopes();
      for (int t = 0; t < 3; t++) {
        double difference =
            sumAt(whole, at, from, k, t, 1e-6) - sumAt(whole, at, from, k, t, -1e-6);
        assertThat(slopes[t])
            .as(loss.name())
            .isCloseTo(difference / 2e-6, within(1e-6 * (1 + Math.abs(slopes[t]))));
      }
    }
  }

  private static double sumAt(
      SequenceLoss loss, double[] logprobs, double[] sampler, double[] coefs, int t, double step) {
    double[] moved = logprobs.clone();
    moved[t] += step;
    return Arrays.stream(loss.of(scores(moved, sampler, coefs)).values()).sum();
  }
}
