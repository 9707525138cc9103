package dev.kindling.objective;

import dev.kindling.check.Check;
import java.util.List;

/**
 * The advantages of REINFORCE++ (arXiv:2501.03262, equations 5 to 7): a token's return is the
 * reward minus β times the sum, from it to the sequence's end, of log p_sampler − log p_reference;
 * advantages are the returns with the mean and deviation of all tokens of the update taken out.
 *
 * <p>Numbers are those of the common implementation: mean Σx/(N + 1e-8), the unbiased variance from
 * it, and a deviation sqrt(variance + 1e-8).
 *
 * @param kl β, at least 0; 0 needs no reference
 */
public record BatchWhitening(double kl) implements Regulariser {
  /** Refuses a negative β. */
  public BatchWhitening {
    new Check()
        .that(
            kl >= 0 && kl < Double.POSITIVE_INFINITY,
            "objective.reward_kl",
            kl,
            "must be >= 0 and finite")
        .done();
  }

  @Override
  public String name() {
    return "batch-whitening";
  }

  @Override
  public List<SqlColumn> columns() {
    String penalty =
        kl == 0
            ? "0E0"
            : SqlColumn.literal(kl)
                + " * sum(sampler_logprob - reference_logprob) OVER (PARTITION BY update,"
                + " example_id, sample ORDER BY token DESC"
                + " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)";
    return List.of(
        new SqlColumn("tokens", "count(*) OVER (PARTITION BY update)"),
        new SqlColumn("return", "advantage - " + penalty),
        new SqlColumn("mean_return", "sum(return)" + OVER_BATCH + " / (tokens + 1E-8)"),
        new SqlColumn("deviation", "return - mean_return"),
        new SqlColumn(
            "variance",
            "sum(deviation * deviation)"
                + OVER_BATCH
                + " / (tokens + 1E-8) * tokens / greatest(1, tokens - 1)"),
        new SqlColumn("advantage", "deviation / sqrt(variance + 1E-8)"),
        new SqlColumn("mark", "advantage"));
  }

  @Override
  public double coef(double coef, SequenceScores scores, int t, double mark) {
    return mark * scores.tokenScale();
  }

  @Override
  public boolean needsReference() {
    return kl > 0;
  }
}
