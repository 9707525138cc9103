package dev.kindling.stage.weigh;

import static dev.kindling.objective.SqlColumn.MINUS_INFINITY;

import dev.kindling.objective.SqlColumn;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What weighing makes of 4-carried of the step before. Sums are kept as logarithms, because w may
 * be e^-200.
 */
final class CarriedEstimates {
  private CarriedEstimates() {}

  /**
   * Examples with their carried estimate: earlier evidence, decayed, and that of their samples.
   *
   * @param examples have {@code rollouts}, {@code log_max}, {@code sum_relative_w} and {@code
   *     sum_of_squares}
   * @param carried rows of 4-carried, from the step before
   * @param decay what earlier samples count, in (0, 1)
   */
  static Examples join(Examples examples, Dataset<Row> carried, double decay) {
    Dataset<Row> earlier =
        carried.selectExpr(
            "example_id",
            "log_p + ln(count) AS earlier_log_sum",
            "count AS earlier_count",
            "square_count AS earlier_square_count",
            "effective_sample_size AS earlier_size");
    String d = SqlColumn.literal(decay);
    String logDecay = SqlColumn.literal(Math.log(decay));
    List<SqlColumn> columns =
        List.of(
            new SqlColumn("carried_count", "rollouts + " + d + " * coalesce(earlier_count, 0E0)"),
            new SqlColumn(
                "carried_square_count",
                "rollouts + " + d + " * " + d + " * coalesce(earlier_square_count, 0E0)"),
            new SqlColumn("old_log_sum", orMinusInfinity("earlier_log_sum + " + logDecay)),
            new SqlColumn(
                "old_log_squares",
                "CASE WHEN earlier_size > 0E0 THEN 2E0 * old_log_sum - ln(earlier_size) ELSE "
                    + MINUS_INFINITY
                    + " END"),
            new SqlColumn("new_log_sum", logOfOwn("log_max", "sum_relative_w")),
            new SqlColumn("new_log_squares", logOfOwn("2E0 * log_max", "sum_of_squares")),
            new SqlColumn("log_sum", logOfSum("old_log_sum", "new_log_sum")),
            new SqlColumn("log_squares", logOfSum("old_log_squares", "new_log_squares")),
            new SqlColumn("carried_log_p", "log_sum - ln(carried_count)"),
            new SqlColumn(
                "carried_sample_size",
                "CASE WHEN log_sum = "
                    + MINUS_INFINITY
                    + " THEN 0E0 ELSE exp(2E0 * log_sum - log_squares) END"),
            new SqlColumn(
                "spread",
                "CASE WHEN carried_sample_size > 0E0 THEN 1E0 / carried_sample_size"
                    + " - carried_square_count / (carried_count * carried_count) END"));
    return examples.join(earlier).with(columns);
  }

  private static String orMinusInfinity(String value) {
    return "coalesce(" + value + ", " + MINUS_INFINITY + ")";
  }

  /** The logarithm of a step's own sum, which is 0 or at least e^offset. */
  private static String logOfOwn(String offset, String relativeSum) {
    return "CASE WHEN %2$s > 0E0 THEN %1$s + ln(%2$s) ELSE %3$s END"
        .formatted(offset, relativeSum, MINUS_INFINITY);
  }

  /** log(e^a + e^b). */
  private static String logOfSum(String a, String b) {
    return """
        CASE
          WHEN greatest(%1$s, %2$s) = %3$s THEN %3$s
          ELSE greatest(%1$s, %2$s) + ln(1E0 + exp(least(%1$s, %2$s) - greatest(%1$s, %2$s)))
        END"""
        .formatted(a, b, MINUS_INFINITY);
  }
}
