package dev.kindling.objective;

import java.util.List;

/**
 * Supervised fine-tuning: maximises log p(z, y*|x) of given rationales and gold answers, every
 * sequence with the coefficient 1.
 */
public record Sft() implements Estimator {
  @Override
  public String name() {
    return "sft";
  }

  /** Likelihood: what is trained on is the gold answer. */
  @Override
  public Success success() {
    return Success.LIKELIHOOD;
  }

  @Override
  public List<SqlColumn> columns() {
    return List.of(new SqlColumn("rationale_coef", "1E0"), new SqlColumn("answer_coef", "1E0"));
  }

  @Override
  public Aggregation paperAggregation() {
    return Aggregation.TOKEN_MEAN;
  }

  @Override
  public boolean isSupervised() {
    return true;
  }
}
