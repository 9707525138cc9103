package dev.kindling.objective;

import dev.kindling.check.Check;
import java.util.List;

/**
 * KL-Cov (arXiv:2505.22617, equations 12 and 13): adds β |log r| on the sampled tokens whose
 * advantage and log-prob vary together most, which are those that cost the policy its entropy.
 *
 * <p>A token's covariance is (A − mean A)(log p − mean log p), means over all sampled tokens of the
 * update. The top share of them, at least one, is chosen, ties in the order of example, sample and
 * token. The slope of |log r| is 0 at r = 1, so the first update on a step's rollouts is left
 * alone. The paper's loss is {@link Ratio} without a bound.
 *
 * @param share how many tokens, in (0, 1]; the paper's is 0.0002 to 0.002
 * @param coefficient β, above 0; the paper's is 1
 */
public record KlCov(double share, double coefficient) implements Regulariser {
  /** The columns that make {@code covariance}. */
  static final List<SqlColumn> COVARIANCE =
      List.of(
          new SqlColumn("tokens", "count_if(is_sampled) OVER (PARTITION BY update)"),
          new SqlColumn(
              "mean_advantage", "avg(CASE WHEN is_sampled THEN advantage END)" + OVER_BATCH),
          new SqlColumn("mean_logprob", "avg(CASE WHEN is_sampled THEN logprob END)" + OVER_BATCH),
          new SqlColumn("covariance", "(advantage - mean_advantage) * (logprob - mean_logprob)"));

  /** Refuses settings that are out of range. */
  public KlCov {
    new Check()
        .that(share > 0 && share <= 1, "objective.kl_cov.share", share, "must be in (0, 1]")
        .that(
            coefficient > 0 && coefficient < Double.POSITIVE_INFINITY,
            "objective.kl_cov.coefficient",
            coefficient,
            "must be > 0 and finite")
        .done();
  }

  @Override
  public String name() {
    return "kl-cov";
  }

  @Override
  public List<SqlColumn> columns() {
    return SqlColumn.join(
        COVARIANCE,
        List.of(
            new SqlColumn(
                "rank",
                "row_number() OVER (PARTITION BY update"
                    + " ORDER BY is_sampled DESC, covariance DESC, example_id, sample, token)"),
            new SqlColumn(
                "mark",
                "CASE WHEN is_sampled AND rank <= greatest(1, floor("
                    + SqlColumn.literal(share)
                    + " * tokens)) THEN 1E0 ELSE 0E0 END")));
  }

  @Override
  public void add(SequenceScores scores, int t, double mark, LossTerms terms) {
    if (mark > 0) {
      double logRatio = scores.logprobs()[t] - scores.samplerLogprobs()[t];
      double weight = coefficient * scores.tokenScale();
      terms.addPolicy(t, weight * Math.abs(logRatio), weight * Math.signum(logRatio));
    }
  }
}
