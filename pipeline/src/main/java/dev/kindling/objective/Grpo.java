package dev.kindling.objective;

import dev.kindling.check.Check;
import java.util.List;

/**
 * GRPO, group relative policy optimisation (arXiv:2402.03300, equations 3 and 4), with the separate
 * clip bounds of DAPO (arXiv:2503.14476) and the dual clip of arXiv:1912.09729.
 *
 * <p>A_m = (R_m − mean)/(std + 1e-6) over the example's samples, std the sample deviation; a
 * sample's tokens share its advantage. The loss of a token is in {@link ClippedRatio}.
 *
 * <p>Conventions: a single sample has mean 0 and std 1, and so A = R/(1 + 1e-6).
 *
 * @param success must be verified: the advantage is made of the verifier's rewards
 * @param clipLow ratios below 1 − clipLow have no gradient where A is negative, in (0, 1)
 * @param clipHigh ratios above 1 + clipHigh have no gradient where A is positive
 * @param dualClip ratios above it have no gradient where A is negative; above 1, or 0 for none
 * @param kl weight of the KL divergence to the reference policy; 0 needs no reference
 * @param aggregation how tokens are averaged; the paper's is seq-mean-token-mean
 */
public record Grpo(
    Success success,
    double clipLow,
    double clipHigh,
    double dualClip,
    double kl,
    Aggregation aggregation)
    implements Objective {
  /** Refuses the likelihood estimate and clip bounds that are out of range. */
  public Grpo {
    new Check()
        .that(
            success == Success.VERIFIED,
            "objective.success",
            success.settingName(),
            "must be verified: GRPO trains on the sampled answer, whose reward is a verdict; the"
                + " likelihood of the gold answer says nothing about it")
        .that(clipLow > 0 && clipLow < 1, "objective.clip_low", clipLow, "must be in (0, 1)")
        .that(
            clipHigh > 0 && clipHigh < Double.POSITIVE_INFINITY,
            "objective.clip_high",
            clipHigh,
            "must be > 0 and finite")
        .that(
            dualClip == 0 || (dualClip > 1 && dualClip < Double.POSITIVE_INFINITY),
            "objective.dual_clip",
            dualClip,
            "must be 0 (off), or finite and > 1")
        .that(
            kl >= 0 && kl < Double.POSITIVE_INFINITY, "objective.kl", kl, "must be >= 0 and finite")
        .that(
            aggregation.isChoice(),
            Aggregation.SETTING,
            aggregation.settingName(),
            Aggregation.RULE)
        .done();
  }

  @Override
  public String name() {
    return "grpo";
  }

  @Override
  public List<SqlColumn> columns() {
    return List.of(
        new SqlColumn("sum_reward", SqlColumn.overExample("sum(reward)")),
        new SqlColumn(
            "deviation",
            "CASE WHEN rollouts = 1 THEN reward ELSE reward - sum_reward / rollouts END"),
        new SqlColumn("variation", SqlColumn.overExample("sum(deviation * deviation)")),
        new SqlColumn(
            "reward_std",
            "CASE WHEN rollouts = 1 THEN 1E0 ELSE sqrt(variation / (rollouts - 1)) END"),
        new SqlColumn("rationale_coef", "deviation / (reward_std + 1E-6)"),
        new SqlColumn("answer_coef", "rationale_coef"));
  }

  @Override
  public TokenLoss tokenLoss() {
    return new ClippedRatio(clipLow, clipHigh, dualClip, kl);
  }
}
