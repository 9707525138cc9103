package dev.kindling.objective;

import java.util.List;

/**
 * RLOO, REINFORCE with a leave-one-out baseline (arXiv:2402.14740, section 2.3): A_m is the reward
 * minus the mean reward of the example's other samples.
 *
 * <p>Conventions: the baseline of a single sample is 0. Departure: the paper's reward contains a
 * penalty on the KL divergence to the reference policy; this one is the verifier's alone.
 */
public record Rloo() implements Estimator {
  @Override
  public String name() {
    return "rloo";
  }

  @Override
  public List<SqlColumn> columns() {
    return List.of(
        SqlColumn.sum("sum_reward", "reward"),
        new SqlColumn(
            "rationale_coef",
            "CASE WHEN rollouts = 1 THEN reward"
                + " ELSE (rollouts * reward - sum_reward) / (rollouts - 1) END"),
        new SqlColumn("answer_coef", "rationale_coef"));
  }

  @Override
  public Aggregation paperAggregation() {
    return Aggregation.SEQ_MEAN_TOKEN_SUM;
  }

  @Override
  public boolean needsGroup() {
    return true;
  }
}
