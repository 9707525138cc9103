package dev.kindling.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which settings and combinations of an objective's parts are refused. */
class ObjectiveTest {
  private static final ClippedRatio CLIP = new ClippedRatio(0.2, 0.2, 0);
  private static final Proxy PROXY = new Proxy(0.02, 0, Proxy.Source.CURRENT);
  private static final LpReg LP_REG = new LpReg(1, 0.01, 0.02, 0, Proxy.Source.CURRENT);
  private static final Sft SFT = new Sft();
  private static final Garl GARL =
      new Garl(Success.LIKELIHOOD, QSchedule.constant(0.75), true, true, 0);
  private static final Paft PAFT = new Paft(Success.VERIFIED, QSchedule.constant(0.75), 0, true, 0);
  private static final Grpo GRPO = new Grpo(true, CLIP);

  private static Objective objective(
      Estimator estimator, TokenLoss loss, Regulariser... regularisers) {
    return new Objective(
        estimator,
        loss,
        List.of(regularisers),
        estimator.paperAggregation(),
        1,
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void everyBrokenRuleOfAPartIsNamed() {
    assertThatThrownBy(() -> new ClippedRatio(0, 0, 1))
        .hasMessage(
            """
            Invalid objective.clip_low: 0.0 (must be in (0, 1])
            Invalid objective.clip_high: 0.0 (must be > 0 and finite)
            Invalid objective.dual_clip: 1.0 (must be 0 (off), or finite and > 1)""");
    assertThatThrownBy(() -> QSchedule.constant(Double.NaN))
        .hasMessageStartingWith("Invalid objective.q: NaN (must be in [0, 1])");
    assertThatThrownBy(() -> new Proxy(0.02, 0.1, Proxy.Source.CURRENT))
        .hasMessage(
            "Invalid objective.lp_reg.tau: 0.1 (must be 0 where objective.lp_reg.kappa is above 0,"
                + " and above 0 where that is 0)");
    assertThatThrownBy(() -> new OverlongShaping(100, 101, 0))
        .hasMessage(
            """
            Invalid objective.overlong.cache: 101 (must be 0 (off), or in [1, 100], the longest completion)
            Invalid objective.overlong.factor: 0.0 (must be > 0 and finite)""");
    assertThatThrownBy(() -> new ClipCov(2, 5, 5))
        .hasMessage(
            """
            Invalid objective.clip_cov.share: 2.0 (must be in (0, 1])
            Invalid objective.clip_cov.high: 5.0 (must be > objective.clip_cov.low = 5.0)""");
  }

  @Test
  void whatNeedsSampledTokensIsRefusedWithoutAny() {
    assertThatThrownBy(() -> objective(SFT, CLIP, LP_REG))
        .hasMessageContaining(
            "Invalid objective.loss: clipped-ratio (must be policy-gradient with objective.name ="
                + " sft: nothing was sampled")
        .hasMessageContaining(
            "Invalid objective.regularisers: lp-reg (must not be there with objective.name = sft:"
                + " it is about tokens that the policy sampled)");
    assertThat(objective(SFT, new PolicyGradient(), new EntropyBonus(0.1)).loss().regularisers())
        .hasSize(1);
  }

  @Test
  void theRatioOfASequenceNeedsASequenceThatWasSampledOnce() {
    Gspo gspo = new Gspo(3e-4, 4e-4);
    assertThatThrownBy(() -> objective(PAFT, gspo))
        .hasMessageStartingWith(
            "Invalid objective.loss: gspo (must not be of the gspo kind with objective.name = paft:"
                + " a sequence that was drawn again");
    assertThatThrownBy(() -> objective(GARL, new GspoToken(new Gspo(3e-4, 4e-4))))
        .hasMessageStartingWith(
            "Invalid objective.loss: gspo-token (must not be of the gspo kind with"
                + " objective.success = likelihood: the gold answer was not sampled");
    assertThat(objective(GRPO, gspo).tokenLoss()).isEqualTo(gspo);
  }

  @Test
  void aRatioIsNotCorrectedTwice() {
    assertThatThrownBy(() -> objective(GRPO, CLIP, new TruncatedImportance(2)))
        .hasMessage(
            "Invalid objective.importance_cap: on (must be 0 with objective.loss = clipped-ratio:"
                + " its ratio to the policy that sampled is that correction already)");
    assertThat(objective(GARL, new PolicyGradient(), new TruncatedImportance(2)).regularisers())
        .hasSize(1);
  }

  @Test
  void aRegulariserWithoutItsLossIsRefused() {
    assertThatThrownBy(() -> objective(GARL, new PolicyGradient(), new KlCov(0.1, 1)))
        .hasMessageContaining("kl-cov (must not be there with objective.loss = policy-gradient");
    assertThatThrownBy(() -> objective(GRPO, new Ratio(10), new ClipCov(0.1, 1, 5)))
        .hasMessageContaining("clip-cov (must not be there with objective.loss = ratio");
    assertThatThrownBy(() -> objective(GRPO, new Ratio(10), LP_REG, new LpRegCode(LP_REG)))
        .hasMessageContaining("they are two forms of one term");
    assertThatThrownBy(() -> objective(GRPO, new Ratio(10), LP_REG, LP_REG))
        .hasMessageContaining("lp-reg (must be there once)");
    assertThatThrownBy(() -> objective(PAFT, new PolicyGradient(), LP_REG))
        .hasMessageContaining("no coefficient of it is negative");
  }

  @Test
  void rewardsAreShapedOnlyWhereCoefficientsAreMadeOfThem() {
    assertThatThrownBy(
            () ->
                new Objective(
                    GARL,
                    new PolicyGradient(),
                    List.of(),
                    Aggregation.EXAMPLE_MEAN,
                    0,
                    Optional.of(new OverlongShaping(10, 2, 1)),
                    Optional.of(new DynamicSampling(10, 32))))
        .hasMessage(
            """
            Invalid objective.length_limit: 0 (must be >= 1)
            Invalid objective.overlong.cache: on (must be off with objective.name = garl: its coefficients are not made of rewards)
            Invalid objective.dynamic_sampling.max_rounds: on (must be off with objective.name = garl: its coefficients are not made of rewards)""");
  }

  @Test
  void lpRegOnGarlIsOneRegulariser() {
    SequenceLoss loss = objective(GARL, new PolicyGradient(), LP_REG).loss();
    assertThat(loss.proxy()).contains(PROXY);
    assertThat(loss.batchWide()).containsExactly(LP_REG);
    assertThat(loss.trainsOnZeroCoefficients()).isTrue();
    assertThat(Objective.of(GARL).loss().trainsOnZeroCoefficients()).isFalse();
  }

  @Test
  void anAdaptiveQIsTheRootOfItsBound() {
    // q(q+1)/2 · spread = 0.1 at spread 7/8: (sqrt(1 + 0.8 / 0.875) - 1) / 2.
    double q = (Math.sqrt(1 + 0.8 / 0.875) - 1) / 2;
    assertThat(q * (q + 1) / 2 * 0.875).isCloseTo(0.1, within(1e-15));
    assertThat(q).isCloseTo(0.19, within(0.005));
  }
}
