package dev.kindling.stage;

import static dev.kindling.objective.SqlColumn.MINUS_INFINITY;
import static dev.kindling.objective.SqlColumn.overExample;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import dev.kindling.objective.Estimator;
import dev.kindling.objective.Objective;
import dev.kindling.objective.SqlColumn;
import dev.kindling.objective.Success;
import dev.kindling.row.Table;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * 3-scores to 4-weights: each example's success estimate P̂ and the coefficients of its samples.
 *
 * <p>SQL expressions only. Sums are window functions that take an example's samples in their order,
 * so that every bit of the result is the same however the rows are distributed.
 */
public final class Weigh {
  /** Why a score cannot be used, or null. A comparison with NaN or null is not true. */
  private static final String INVALID =
      """
      CASE
        WHEN verdict IN ('TIMEOUT', 'ERROR') THEN NULL
        WHEN coalesce(verdict NOT IN ('CORRECT', 'WRONG', 'UNPARSEABLE'), true)
          THEN concat('verdict of example ', example_id, ' sample ', sample, ': ',
            coalesce(verdict, 'null'),
            ' (must be CORRECT, WRONG, UNPARSEABLE, TIMEOUT or ERROR)')
        WHEN coalesce(log_w < CAST('Infinity' AS DOUBLE), false) = false
          THEN concat('log_w of example ', example_id, ' sample ', sample, ': ',
            coalesce(CAST(log_w AS STRING), 'null'), ' (must be a number below infinity)')
        WHEN coalesce(abs(reward) < CAST('Infinity' AS DOUBLE), false) = false
          THEN concat('reward of example ', example_id, ' sample ', sample, ': ',
            coalesce(CAST(reward AS STRING), 'null'), ' (must be a finite number)')
      END""";

  /** What the objectives' columns start from, over rows whose faults are null. */
  private static final List<SqlColumn> ESTIMATES =
      List.of(
          new SqlColumn("rollouts", "CAST(" + overExample("count(log_w)") + " AS INT)"),
          new SqlColumn("log_max", overExample("max(log_w)")),
          new SqlColumn(
              "relative_w",
              "CASE WHEN log_max = " + MINUS_INFINITY + " THEN 0E0 ELSE exp(log_w - log_max) END"),
          new SqlColumn("sum_relative_w", overExample("sum(relative_w)")),
          new SqlColumn("mean_relative_w", overExample("avg(relative_w)")),
          new SqlColumn("sum_of_squares", overExample("sum(relative_w * relative_w)")),
          // Relative variance of the estimate of P, times P²: what its powers are biased by.
          new SqlColumn(
              "spread",
              "CASE WHEN sum_relative_w > 0E0 THEN"
                  + " sum_of_squares / (sum_relative_w * sum_relative_w) - 1E0 / rollouts END"),
          new SqlColumn(
              "log_p_hat",
              "CASE WHEN mean_relative_w = 0E0 THEN "
                  + MINUS_INFINITY
                  + " ELSE log_max + ln(mean_relative_w) END"),
          new SqlColumn("carried_log_p", "CAST(NULL AS DOUBLE)"),
          new SqlColumn("carried_count", "CAST(NULL AS DOUBLE)"),
          new SqlColumn("carried_square_count", "CAST(NULL AS DOUBLE)"),
          new SqlColumn("carried_sample_size", "CAST(NULL AS DOUBLE)"),
          new SqlColumn("q", "CAST(NULL AS DOUBLE)"),
          new SqlColumn("resampled", "CAST(NULL AS INT)"));

  private Weigh() {}

  /** The weights of one step for an objective that carries no estimates across steps. */
  public static Dataset<Row> weigh(Dataset<Row> scores, Objective objective, long seed, long step) {
    Dataset<Row> none = Table.CARRIED.of(scores.sparkSession(), List.of());
    return weigh(scores, none, objective, seed, step);
  }

  /**
   * The weights of one step, ordered by example.
   *
   * <p>Faults of the verifier ({@code TIMEOUT}, {@code ERROR}) are counted and otherwise left out;
   * an example of faults alone has no samples and P̂ = 0.
   *
   * <p>The job fails, naming example and sample, where a verdict is unknown, a sample comes twice,
   * or, outside faults, a log w is null, NaN or positive infinity or a reward is not finite.
   *
   * @param scores rows of {@code 3-scores}
   * @param carried rows of {@code 4-carried} of the step before, no row for an example that was not
   *     visited; used where the objective carries estimates
   * @param objective makes the coefficients
   * @param seed the run's seed, for objectives that draw
   * @param step the step's number, for objectives that draw
   * @return rows of {@code 4-weights}
   */
  public static Dataset<Row> weigh(
      Dataset<Row> scores, Dataset<Row> carried, Objective objective, long seed, long step) {
    Estimator estimator = objective.estimator();
    Success success = objective.success();
    Dataset<Row> samples =
        with(samples(scores, objective), ESTIMATES)
            .withColumn("seed", lit(seed))
            .withColumn("step", lit(step));
    OptionalDouble decay = estimator.carryDecay();
    if (decay.isPresent()) {
      samples = Carry.join(samples, carried, decay.getAsDouble());
    }
    List<SqlColumn> columns = estimator.columns();
    boolean draws = columns.stream().anyMatch(column -> column.name().equals("resampled"));
    return example(with(samples, columns), draws)
        .withColumn("success", lit(success.settingName()))
        .withColumn("answer_source", lit(success.answerSource()))
        .orderBy("example_id");
  }

  static Dataset<Row> with(Dataset<Row> rows, List<SqlColumn> columns) {
    Dataset<Row> result = rows;
    for (SqlColumn column : columns) {
      result = result.withColumn(column.name(), expr(column.expression()));
    }
    return result;
  }

  /** The scores, checked, with the log w of the estimate in use; null where there is a fault. */
  private static Dataset<Row> samples(Dataset<Row> scores, Objective objective) {
    String shaped =
        objective.overlong().map(overlong -> "reward + " + overlong.expression()).orElse("reward");
    String logW =
        objective.success() == Success.LIKELIHOOD
            ? "log_w"
            : "CASE WHEN verdict = 'CORRECT' THEN 0E0 ELSE " + MINUS_INFINITY + " END";
    return scores
        .select("example_id", "sample", "verdict", "reward", "log_w", "tokens")
        .withColumn("invalid", expr(INVALID))
        .withColumn(
            "is_evidence",
            expr(
                "CASE WHEN invalid IS NOT NULL THEN raise_error(concat('Invalid ', invalid))"
                    + " ELSE verdict NOT IN ('TIMEOUT', 'ERROR') END"))
        .withColumn("log_w", expr("CASE WHEN is_evidence THEN " + logW + " END"))
        .withColumn("reward", expr("CASE WHEN is_evidence THEN " + shaped + " END"));
  }

  /** One row an example, from rows of its samples. */
  private static Dataset<Row> example(Dataset<Row> samples, boolean draws) {
    return samples
        .groupBy("example_id")
        .agg(
            expr("first(rollouts)").as("rollouts"),
            count("CORRECT"),
            count("WRONG"),
            count("UNPARSEABLE"),
            count("TIMEOUT"),
            count("ERROR"),
            expr("coalesce(first(log_p_hat), " + MINUS_INFINITY + ")").as("log_p_hat"),
            expr("first(q)").as("q"),
            expr("coalesce(first(sum_relative_w * sum_relative_w"
                    + " / nullif(sum_of_squares, 0E0)), 0E0)")
                .as("effective_sample_size"),
            expr("coalesce(min(reward) = max(reward), true)").as("rewards_are_equal"),
            expr("first(carried_log_p)").as("carried_log_p"),
            expr("first(carried_count)").as("carried_count"),
            expr("first(carried_square_count)").as("carried_square_count"),
            expr("first(carried_sample_size)").as("carried_sample_size"),
            // A struct only for evidence: collect_list leaves nulls out.
            expr("sort_array(collect_list(CASE WHEN is_evidence THEN"
                    + " struct(sample, log_w, resampled, rationale_coef, answer_coef) END))")
                .as("evidence"),
            expr("size(collect_set(sample)) < count(*)").as("has_duplicates"))
        .withColumn(
            "evidence",
            expr(
                "CASE WHEN has_duplicates THEN raise_error(concat('Invalid scores of example ',"
                    + " example_id, ' (a sample must come once)')) ELSE evidence END"))
        .selectExpr(
            "example_id",
            "rollouts",
            "correct",
            "wrong",
            "unparseable",
            "timeout",
            "error",
            "exp(log_p_hat) AS p_hat",
            "log_p_hat",
            "q",
            // The bound makes 0 * log P-hat a number where P-hat is 0, so that 0^0 is 1.
            "exp(-q * greatest(coalesce(carried_log_p, log_p_hat), "
                + -Double.MAX_VALUE
                + ")) AS amplification",
            "effective_sample_size",
            "rewards_are_equal",
            "carried_log_p",
            "carried_count",
            "carried_square_count",
            "carried_sample_size",
            "evidence.sample AS samples",
            "evidence.log_w AS log_w",
            (draws ? "evidence.resampled" : "CAST(NULL AS ARRAY<INT>)") + " AS resampled",
            "evidence.rationale_coef AS rationale_coefs",
            "evidence.answer_coef AS answer_coefs");
  }

  private static Column count(String verdict) {
    return expr("CAST(count_if(verdict = '" + verdict + "') AS INT)")
        .as(verdict.toLowerCase(Locale.ROOT));
  }
}
