package dev.kindling.objective;

import java.util.List;

/**
 * GRPO, group relative policy optimisation (arXiv:2402.03300, equation 3), and Dr.GRPO
 * (arXiv:2503.20783, section 3.2), which leaves the deviation out.
 *
 * <p>A_m = (R_m − mean)/(std + 1e-6) over the example's samples, std the sample deviation; a
 * sample's tokens share its advantage. DAPO (arXiv:2503.14476) has the same advantages.
 *
 * <p>Conventions: a single sample has mean 0 and std 1, and so A = R/(1 + 1e-6).
 *
 * @param standardize whether advantages are divided by the deviation; Dr.GRPO does not
 * @param paperLoss the clipped ratio
 */
public record Grpo(boolean standardize, ClippedRatio paperLoss) implements Estimator {
  @Override
  public String name() {
    return "grpo";
  }

  @Override
  public List<SqlColumn> columns() {
    return List.of(
        SqlColumn.sum("sum_reward", "reward"),
        new SqlColumn(
            "deviation",
            "CASE WHEN rollouts = 1 THEN reward ELSE reward - sum_reward / rollouts END"),
        SqlColumn.sum("variation", "deviation * deviation"),
        new SqlColumn(
            "reward_std",
            "CASE WHEN rollouts = 1 THEN 1E0 ELSE sqrt(variation / (rollouts - 1)) END"),
        new SqlColumn(
            "rationale_coef", standardize ? "deviation / (reward_std + 1E-6)" : "deviation"),
        new SqlColumn("answer_coef", "rationale_coef"));
  }

  @Override
  public Aggregation paperAggregation() {
    return standardize ? Aggregation.SEQ_MEAN_TOKEN_MEAN : Aggregation.DR_GRPO;
  }

  @Override
  public boolean needsGroup() {
    return true;
  }
}
