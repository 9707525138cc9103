package dev.kindling.objective;

import dev.kindling.check.Check;
import java.util.List;

/**
 * 80/20: only the tokens where the policy's entropy is highest are trained on (arXiv:2506.01939,
 * equation 5), the top share of all sampled tokens of the update.
 *
 * <p>Programs differ in two conventions, which are settings here. Ties go by example, sample and
 * token.
 *
 * @param share how many are kept, in (0, 1]; the paper's is 0.2
 * @param count how many tokens that makes
 * @param weight what becomes of the weight of the others
 */
public record HighEntropy(double share, Count count, Weight weight) implements Regulariser {
  /** How many of N tokens a share makes. */
  public enum Count {
    /** As many as lie at or above the quantile of the entropies, 1 + ⌊share (N − 1)⌋. */
    QUANTILE,
    /** ⌊share N⌋. */
    FLOOR
  }

  /** What becomes of the weight of tokens that are left out. */
  public enum Weight {
    /** The kept tokens share it, as in the paper. */
    KEPT,
    /** It is lost. */
    ALL
  }

  /** Refuses a share that is out of range. */
  public HighEntropy {
    new Check()
        .that(share > 0 && share <= 1, "objective.high_entropy.share", share, "must be in (0, 1]")
        .done();
  }

  @Override
  public String name() {
    return "high-entropy";
  }

  @Override
  public List<SqlColumn> columns() {
    String kept =
        switch (count) {
          case QUANTILE -> "1 + floor(%s * (tokens - 1))";
          case FLOOR -> "floor(%s * tokens)";
        };
    return List.of(
        new SqlColumn("tokens", "count_if(is_sampled) OVER (PARTITION BY update)"),
        new SqlColumn("kept", kept.formatted(SqlColumn.literal(share))),
        new SqlColumn(
            "rank",
            "row_number() OVER (PARTITION BY update"
                + " ORDER BY is_sampled DESC, entropy DESC, example_id, sample, token)"),
        new SqlColumn(
            "mark",
            "CASE WHEN NOT is_sampled THEN 1E0 WHEN rank <= kept THEN "
                + (weight == Weight.KEPT ? "CAST(tokens AS DOUBLE) / kept" : "1E0")
                + " ELSE 0E0 END"));
  }

  @Override
  public double coef(double coef, SequenceScores scores, int t, double mark) {
    return coef * mark;
  }
}
