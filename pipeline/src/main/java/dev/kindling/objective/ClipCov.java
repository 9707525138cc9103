package dev.kindling.objective;

import dev.kindling.check.Check;
import java.util.List;

/**
 * Clip-Cov (arXiv:2505.22617, equations 10 and 11): takes some of the sampled tokens whose
 * advantage and log-prob vary together out of the loss.
 *
 * <p>Of the tokens whose covariance, as in {@link KlCov}, lies between two bounds and whose ratio
 * is not clipped anyway, a share of all sampled tokens of the update is drawn at random, at least
 * one. The official program clips ratios at {@link ClippedRatio}'s bounds 1 and 1.
 *
 * @param share how many tokens, in (0, 1]; the paper's is 0.0002
 * @param low lower bound of the covariance; the paper's is 1
 * @param high upper bound of the covariance, above low; the paper's is 5
 */
public record ClipCov(double share, double low, double high) implements Regulariser {
  /** Refuses settings that are out of range. */
  public ClipCov {
    new Check()
        .that(share > 0 && share <= 1, "objective.clip_cov.share", share, "must be in (0, 1]")
        .that(
            high > low,
            "objective.clip_cov.high",
            high,
            "must be > objective.clip_cov.low = " + low)
        .done();
  }

  @Override
  public String name() {
    return "clip-cov";
  }

  @Override
  public List<SqlColumn> columns() {
    return SqlColumn.join(
        KlCov.COVARIANCE,
        List.of(
            new SqlColumn(
                "is_candidate",
                "is_sampled AND NOT is_clipped AND covariance > %s AND covariance < %s"
                    .formatted(SqlColumn.literal(low), SqlColumn.literal(high))),
            new SqlColumn(
                "rank",
                "row_number() OVER (PARTITION BY update"
                    + " ORDER BY is_candidate DESC, draw, example_id, sample, token)"),
            new SqlColumn(
                "mark",
                "CASE WHEN is_candidate AND rank <= greatest(1, floor("
                    + SqlColumn.literal(share)
                    + " * tokens)) THEN 1E0 ELSE 0E0 END")));
  }

  @Override
  public double coef(double coef, SequenceScores scores, int t, double mark) {
    return mark > 0 ? 0 : coef;
  }
}
