package dev.kindling.objective;

import dev.kindling.check.Check;
import java.util.List;

/**
 * RLOO, REINFORCE with a leave-one-out baseline (arXiv:2402.14740): A_m is the reward minus the
 * mean reward of the example's other samples.
 *
 * <p>Conventions: the baseline of a single sample is 0. Departure: the paper's reward contains a
 * penalty on the KL divergence to the reference policy; this one is the verifier's alone.
 *
 * @param success must be verified: the advantage is made of the verifier's rewards
 * @param aggregation how tokens are averaged; the paper's is seq-mean-token-sum
 */
public record Rloo(Success success, Aggregation aggregation) implements Objective {
  /** Refuses the likelihood estimate. */
  public Rloo {
    new Check()
        .that(
            success == Success.VERIFIED,
            "objective.success",
            success.settingName(),
            "must be verified: RLOO trains on the sampled answer, whose reward is a verdict; with"
                + " the likelihood of the gold answer it is GARL at q = 0")
        .that(
            aggregation.isChoice(),
            Aggregation.SETTING,
            aggregation.settingName(),
            Aggregation.RULE)
        .done();
  }

  @Override
  public String name() {
    return "rloo";
  }

  @Override
  public List<SqlColumn> columns() {
    return List.of(
        new SqlColumn("sum_reward", SqlColumn.overExample("sum(reward)")),
        new SqlColumn(
            "rationale_coef",
            "CASE WHEN rollouts = 1 THEN reward"
                + " ELSE (rollouts * reward - sum_reward) / (rollouts - 1) END"),
        new SqlColumn("answer_coef", "rationale_coef"));
  }

  @Override
  public TokenLoss tokenLoss() {
    return new PolicyGradient();
  }
}
