package dev.kindling.stage.weigh;

import static dev.kindling.objective.SqlColumn.MINUS_INFINITY;
import static org.apache.spark.sql.functions.expr;

import dev.kindling.objective.Estimator;
import dev.kindling.objective.Objective;
import dev.kindling.objective.SqlColumn;
import dev.kindling.objective.Success;
import dev.kindling.row.SmallTables;
import dev.kindling.row.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * 3-scores to 4-weights: each example's success estimate P̂ and the coefficients of its samples.
 *
 * <p>SQL expressions only. An example's samples meet in one row by one aggregation, and all that
 * follows is a function of that one row, which takes the samples in their order: so every bit of
 * the result is the same however the rows are distributed.
 */
public final class Weigh {
  /** Those that are evidence, then the faults of the verifier. */
  private static final List<String> VERDICTS =
      List.of("WRONG", "CORRECT", "UNPARSEABLE", "TIMEOUT", "ERROR");

  // A comparison with NaN or null is not true.
  private static final String IS_USABLE =
      "sample >= 0 AND place < 3"
          + " AND log_w < CAST('Infinity' AS DOUBLE) AND abs(reward) < CAST('Infinity' AS DOUBLE)";

  /** Each sample's log p(y*|x,z), where the estimate in use has another log w. */
  private static final String LOG_LIKELIHOOD = "log_likelihood";

  private static final String IS_FAULT = "sample >= 0 AND place >= 3";

  /** Why a score is neither. */
  private static final String REASON =
      """
      CASE
        WHEN coalesce(sample >= 0, false) = false
          THEN concat('sample of example ', example_id, ': ',
            coalesce(CAST(sample AS STRING), 'null'), ' (must be >= 0)')
        WHEN coalesce(verdict NOT IN ('CORRECT', 'WRONG', 'UNPARSEABLE'), true)
          THEN concat('verdict of example ', example_id, ' sample ', sample, ': ',
            coalesce(verdict, 'null'),
            ' (must be CORRECT, WRONG, UNPARSEABLE, TIMEOUT or ERROR)')
        WHEN coalesce(log_w < CAST('Infinity' AS DOUBLE), false) = false
          THEN concat('log_w of example ', example_id, ' sample ', sample, ': ',
            coalesce(CAST(log_w AS STRING), 'null'), ' (must be a number below infinity)')
        ELSE concat('reward of example ', example_id, ' sample ', sample, ': ',
          coalesce(CAST(reward AS STRING), 'null'), ' (must be a finite number)')
      END""";

  /** What the objectives' columns start from, over rows whose faults are null. */
  private static final List<SqlColumn> ESTIMATES =
      List.of(
          new SqlColumn(
              "relative_w",
              "CASE WHEN log_max = " + MINUS_INFINITY + " THEN 0E0 ELSE exp(log_w - log_max) END"),
          SqlColumn.sum("sum_relative_w", "relative_w"),
          new SqlColumn("mean_relative_w", "sum_relative_w / rollouts"),
          SqlColumn.sum("sum_of_squares", "relative_w * relative_w"),
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
          new SqlColumn("resampled", "CAST(NULL AS ARRAY<INT>)"));

  /** The likelihood's estimate, where the objective uses the other. */
  private static final List<SqlColumn> LIKELIHOOD =
      List.of(
          SqlColumn.max("likelihood_max", LOG_LIKELIHOOD),
          SqlColumn.sum(
              "likelihood_sum",
              "CASE WHEN likelihood_max = "
                  + MINUS_INFINITY
                  + " THEN 0E0 ELSE exp("
                  + LOG_LIKELIHOOD
                  + " - likelihood_max) END"),
          new SqlColumn(
              "log_p_likelihood",
              "CASE WHEN likelihood_sum > 0E0 THEN likelihood_max + ln(likelihood_sum / rollouts) END"));

  private Weigh() {}

  /** The weights of one step for an objective that carries no estimates across steps. */
  public static Dataset<Row> weigh(Dataset<Row> scores, Objective objective, long seed, long step) {
    Dataset<Row> none = Table.CARRIED.of(scores.sparkSession(), List.of());
    return weigh(scores, none, objective, seed, step);
  }

  /**
   * The weights of one step. The rows of a partition are in the order of {@code example_id}.
   *
   * <p>Faults of the verifier ({@code TIMEOUT}, {@code ERROR}) are counted and otherwise left out;
   * an example of faults alone has no samples and P̂ = 0.
   *
   * <p>The job fails, naming example and sample, where a sample is negative or comes twice, a
   * verdict is unknown, or, outside faults, a log w is null, NaN or positive infinity or a reward
   * is not finite.
   *
   * @param scores rows of {@code 3-scores}; where they are many their largest sample is looked for
   *     at once
   * @param carried rows of {@code 4-carried} of the step before, no row for an example that was not
   *     visited; used where the objective carries estimates
   * @param objective makes the coefficients
   * @param seed the run's seed, for objectives that draw
   * @param step the step's number, for objectives that draw
   * @return rows of {@code 4-weights}
   */
  public static Dataset<Row> weigh(
      Dataset<Row> scores, Dataset<Row> carried, Objective objective, long seed, long step) {
    return weigh(scores, carried, objective, objective.estimator().columns(), seed, step);
  }

  /**
   * The same with columns in place of the estimator's own, for draws that were made elsewhere.
   *
   * @param columns as {@link Estimator#columns} has them
   */
  public static Dataset<Row> weigh(
      Dataset<Row> scores,
      Dataset<Row> carried,
      Objective objective,
      List<SqlColumn> columns,
      long seed,
      long step) {
    return weigh(scores, SampleLayout.of(scores), carried, objective, columns, seed, step);
  }

  static Dataset<Row> weigh(
      Dataset<Row> scores,
      SampleLayout layout,
      Dataset<Row> carried,
      Objective objective,
      List<SqlColumn> columns,
      long seed,
      long step) {
    Examples examples =
        Examples.of(samples(scores, objective), layout, values(objective), aggregates())
            .with(
                List.of(
                    new SqlColumn("seed", String.valueOf(seed)),
                    new SqlColumn("step", String.valueOf(step))))
            .with(ESTIMATES);
    OptionalDouble decay = objective.estimator().carryDecay();
    if (decay.isPresent()) {
      examples = CarriedEstimates.join(examples, carried, decay.getAsDouble());
    }
    boolean isVerified = objective.success() == Success.VERIFIED;
    if (isVerified) {
      examples = examples.with(LIKELIHOOD);
    }
    List<String> arrays =
        new ArrayList<>(
            List.of(
                "sample", isVerified ? LOG_LIKELIHOOD : "log_w", "rationale_coef", "answer_coef"));
    if (columns.stream().anyMatch(column -> column.name().equals("resampled"))) {
      arrays.add("resampled");
    }
    return table(examples.with(columns).rows(arrays), objective.success());
  }

  /** The columns of a sample that its example's row keeps. */
  private static List<String> values(Objective objective) {
    return objective.success() == Success.VERIFIED
        ? List.of("log_w", "reward", LOG_LIKELIHOOD)
        : List.of("log_w", "reward");
  }

  /** What is counted and compared of an example's samples. */
  private static List<Column> aggregates() {
    List<Column> aggregates = new ArrayList<>();
    for (int i = 0; i < VERDICTS.size(); i++) {
      aggregates.add(
          expr("CAST(count_if(place = " + i + ") AS INT)")
              .as(VERDICTS.get(i).toLowerCase(Locale.ROOT)));
    }
    aggregates.add(expr("max(log_w) AS log_max"));
    aggregates.add(expr("CAST(count(log_w) AS INT) AS rollouts"));
    aggregates.add(expr("coalesce(min(reward) = max(reward), true) AS rewards_are_equal"));
    return aggregates;
  }

  private static Dataset<Row> table(Dataset<Row> examples, Success success) {
    boolean isVerified = success == Success.VERIFIED;
    return examples
        .withColumns(
            Map.of(
                "log_p_used",
                expr("coalesce(log_p_hat, " + MINUS_INFINITY + ")"),
                "log_p_hat",
                expr(
                    "coalesce(%s, %s)"
                        .formatted(isVerified ? "log_p_likelihood" : "log_p_hat", MINUS_INFINITY))))
        .selectExpr(
            "example_id",
            "rollouts",
            "correct",
            "wrong",
            "unparseable",
            "timeout",
            "error",
            "'" + success.settingName() + "' AS success",
            "exp(log_p_hat) AS p_hat",
            "log_p_hat",
            "coalesce(correct / nullif(rollouts, 0), 0E0) AS p_verified",
            "CASE WHEN correct > 0 THEN ln(correct / rollouts) ELSE "
                + MINUS_INFINITY
                + " END AS log_p_verified",
            "q",
            // The bound makes 0 * log P-hat a number where P-hat is 0, so that 0^0 is 1.
            "exp(-q * greatest(coalesce(carried_log_p, log_p_used), "
                + -Double.MAX_VALUE
                + ")) AS amplification",
            "coalesce(sum_relative_w * sum_relative_w / nullif(sum_of_squares, 0E0), 0E0)"
                + " AS effective_sample_size",
            "rewards_are_equal",
            "carried_log_p",
            "carried_count",
            "carried_square_count",
            "carried_sample_size",
            "sample AS samples",
            isVerified ? LOG_LIKELIHOOD + " AS log_w" : "log_w",
            "resampled",
            "rationale_coef AS rationale_coefs",
            "answer_coef AS answer_coefs",
            "'" + success.answerSource() + "' AS answer_source");
  }

  /**
   * The scores, checked, with the log w of the estimate in use and the reward in use, null where
   * there is a fault, and for the verdict its place in {@link #VERDICTS}, which is compared faster
   * than text.
   */
  private static Dataset<Row> samples(Dataset<Row> scores, Objective objective) {
    String shaped =
        objective.overlong().map(overlong -> "reward + " + overlong.expression()).orElse("reward");
    String logW =
        objective.success() == Success.LIKELIHOOD
            ? "log_w"
            : "CASE WHEN place = 1 THEN 0E0 ELSE " + MINUS_INFINITY + " END";
    StringBuilder place = new StringBuilder("CASE verdict");
    for (int i = 0; i < VERDICTS.size(); i++) {
      place.append(" WHEN '").append(VERDICTS.get(i)).append("' THEN ").append(i);
    }
    return SmallTables.inOneTask(scores)
        .withColumn("place", expr(place + " END"))
        .selectExpr(
            "example_id",
            "sample",
            "place",
            "CASE WHEN %s THEN %s WHEN %s THEN NULL ELSE raise_error(concat('Invalid ', %s)) END AS log_w"
                .formatted(IS_USABLE, logW, IS_FAULT, REASON),
            "CASE WHEN place < 3 THEN log_w END AS " + LOG_LIKELIHOOD,
            "CASE WHEN place < 3 THEN %s END AS reward".formatted(shaped));
  }
}
