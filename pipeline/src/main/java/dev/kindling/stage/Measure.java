package dev.kindling.stage;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.objective.DynamicSampling;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.StepRow;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** 2-rollouts, 3-scores, 4-weights and 6-step → the step's row of 8-metrics. */
public final class Measure {
  private static final String LOG_MEAN_EXP =
      "log_max + ln(try_divide(aggregate(log_w, 0D, (sum, x) -> sum + exp(x - log_max)), evidence))";

  // Sums of rewards are of whole numbers, so exact in any order; moments that Spark merges are not.
  private static final String DEVIATION =
      "coalesce(sqrt(greatest(0D, try_divide(squares - try_divide(rewards * rewards, evidence),"
          + " evidence - 1))), 0D)";

  private Measure() {}

  /** Wall time of the stages before the gradient step, in seconds; null where not known. */
  public record Seconds(Double rollout, Double score, Double refill, Double weigh, Double batch) {
    /** The stages ran in processes of their own. */
    public static final Seconds UNKNOWN = new Seconds(null, null, null, null, null);
  }

  /**
   * Gathers what a person would plot.
   *
   * @param epoch passes over the data set so far
   * @param rounds rounds of sampling
   * @param sampling how prompts were replaced
   * @param updates rows of 6-step; the last one stands for the step's learning rate, the others are
   *     averaged over updates
   * @param evaluation figures on the evaluation set; null where none were made
   * @param seconds wall time of the stages before
   * @param stepSeconds wall time of the gradient step
   */
  public static MetricsRow measure(
      double epoch,
      int rounds,
      Optional<DynamicSampling> sampling,
      Dataset<Row> rollouts,
      Dataset<Row> scores,
      Dataset<Row> weights,
      List<StepRow> updates,
      Evaluate.Figures evaluation,
      Seconds seconds,
      double stepSeconds) {
    Row r = rolloutFigures(rollouts);
    Row s = scoreFigures(scores);
    Row w = weightFigures(weights);
    StepRow last = updates.get(updates.size() - 1);
    long rows = updates.stream().mapToLong(StepRow::rows).sum();
    return new MetricsRow(
        last.step(),
        epoch,
        w.getLong(0),
        rounds,
        sampling.map(of -> w.getLong(0) - Math.min(of.prompts(), w.getLong(4))).orElse(0L),
        r.getLong(0),
        number(s, 0),
        number(s, 1),
        number(s, 2),
        numberOrNull(s, 5),
        numberOrNull(w, 5),
        numberOrNull(w, 6),
        numberOrNull(w, 7),
        numberOrNull(w, 8),
        number(w, 1),
        numberOrNull(w, 9),
        number(w, 2),
        number(s, 3),
        number(s, 4),
        number(r, 1),
        number(r, 2),
        number(r, 3),
        mean(updates, StepRow::loss),
        mean(updates, StepRow::gradNorm),
        last.learningRate(),
        mean(updates, StepRow::clipFraction),
        mean(updates, StepRow::entropy),
        mean(updates, StepRow::kl),
        updates.get(0).mismatchK1(),
        updates.get(0).mismatchK3(),
        updates.get(0).mismatchMax(),
        rows,
        w.getLong(3) - rows,
        updates.stream().mapToLong(StepRow::tokens).sum(),
        evaluation == null ? null : evaluation.passAt1(),
        evaluation == null ? null : evaluation.logPHat(),
        seconds.rollout(),
        seconds.score(),
        seconds.refill(),
        seconds.weigh(),
        seconds.batch(),
        stepSeconds);
  }

  private static Row rolloutFigures(Dataset<Row> rollouts) {
    return rollouts
        .agg(
            expr("count(1)"),
            // Integers below 2^53 add exactly, so these need no order.
            expr("sum(size(rationale_ids) + size(answer_ids)) / count(1)"),
            expr("avg(if(forced_end_of_thinking, 1D, 0D))"),
            expr("avg(if(finish_reason = 'stop', 0D, 1D))"))
        .first();
  }

  private static Row scoreFigures(Dataset<Row> scores) {
    return scores
        .groupBy("example_id")
        .agg(
            expr("count(1)").as("rollouts"),
            expr("count(reward)").as("evidence"),
            expr("sum(reward)").as("rewards"),
            expr("sum(reward * reward)").as("squares"),
            expr("count_if(verdict = 'UNPARSEABLE')").as("unparseable"),
            expr("sort_array(collect_list(if(reward is null, null, struct(sample, log_w)))).log_w")
                .as("log_w"))
        .withColumn("deviation", expr(DEVIATION))
        .withColumn("log_max", expr("array_max(log_w)"))
        .withColumn("log_p_hat", expr(LOG_MEAN_EXP))
        .repartition(1)
        .sortWithinPartitions("example_id")
        .agg(
            expr("try_divide(sum(rewards), sum(evidence))"),
            expr("avg(deviation)"),
            expr("avg(if(deviation = 0, 1D, 0D))"),
            expr("sum(unparseable) / sum(rollouts)"),
            expr("(sum(rollouts) - sum(evidence)) / sum(rollouts)"),
            expr("avg(log_p_hat)"))
        .first();
  }

  private static Row weightFigures(Dataset<Row> weights) {
    return weights
        .repartition(1)
        .sortWithinPartitions("example_id")
        .agg(
            expr("count(1)"),
            expr("avg(effective_sample_size)"),
            expr("max(array_max(rationale_coefs))"),
            expr("coalesce(sum(rollouts), 0L)"),
            expr("count_if(" + Refill.INFORMATIVE + ")"),
            expr("avg(q)"),
            expr("percentile(q, 0.1)"),
            expr("percentile(q, 0.5)"),
            expr("percentile(q, 0.9)"),
            expr("avg(carried_sample_size)"))
        .first();
  }

  private static double mean(
      List<StepRow> updates, java.util.function.ToDoubleFunction<StepRow> of) {
    return updates.stream().mapToDouble(of).average().orElseThrow();
  }

  private static Double numberOrNull(Row row, int column) {
    return row.isNullAt(column) ? null : row.getDouble(column);
  }

  private static double number(Row row, int column) {
    return row.isNullAt(column) ? 0.0 : row.getDouble(column);
  }
}
