package dev.kindling.objective;

import java.util.List;

/** REINFORCE without a baseline (Williams 1992): the advantage of a sample is its reward. */
public record Reinforce() implements Estimator {
  @Override
  public String name() {
    return "reinforce";
  }

  @Override
  public List<SqlColumn> columns() {
    return List.of(
        new SqlColumn("rationale_coef", "reward"), new SqlColumn("answer_coef", "reward"));
  }

  @Override
  public Aggregation paperAggregation() {
    return Aggregation.SEQ_MEAN_TOKEN_SUM;
  }
}
