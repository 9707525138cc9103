package dev.kindling.objective;

import java.util.List;

/**
 * MaxRL (arXiv:2602.02710): the gradient of the log-likelihood of success, estimated from verdicts;
 * the relative of q = 1 for rewards of 0 and 1.
 *
 * @param variant how the mean reward enters the advantage
 */
public record MaxRl(Variant variant) implements Estimator {
  /** A way to write the advantage of a reward R. */
  public enum Variant {
    /** (R − mean)/(mean + 1e-6), the released code's; 0 where nothing succeeds. */
    CODE,
    /** R/mean, the average over successes; 0 where nothing succeeds. */
    SUCCESSES,
    /** R/mean − 1, the paper's control variate; −1 where nothing succeeds. */
    CONTROL_VARIATE
  }

  @Override
  public String name() {
    return "maxrl";
  }

  @Override
  public List<SqlColumn> columns() {
    String share = "CASE WHEN mean_reward = 0E0 THEN 0E0 ELSE reward / mean_reward END";
    String advantage =
        switch (variant) {
          case CODE -> "(reward - mean_reward) / (mean_reward + 1E-6)";
          case SUCCESSES -> share;
          case CONTROL_VARIATE -> share + " - 1E0";
        };
    return List.of(
        SqlColumn.sum("sum_reward", "reward"),
        new SqlColumn("mean_reward", "sum_reward / rollouts"),
        new SqlColumn("rationale_coef", advantage),
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
