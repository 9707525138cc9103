package dev.kindling.stage;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.objective.DynamicSampling;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.SmallTables;
import dev.kindling.row.StepRow;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** 2-rollouts, 3-scores, 4-weights and 6-step → the step's row of 8-metrics. */
public final class Measure {
  private static final String LOG_MEAN_EXP =
      "log_max + ln(aggregate(log_w, 0D, (sum, x) -> sum + exp(x - log_max)) / nullif(evidence, 0))";

  // In the order of the samples: sums and moments that Spark merges depend on that of its tasks.
  private static final String SUM = "aggregate(each, 0D, (sum, x) -> sum + x)";
  private static final String DEVIATION =
      "CASE WHEN coalesce(array_min(each) = array_max(each), true) THEN 0D"
          + " ELSE sqrt(aggregate(each, 0D, (sum, x) -> sum + power(x - rewards / evidence, 2))"
          + " / nullif(evidence - 1, 0)) END";

  private Measure() {}

  /**
   * How the step's prompts were drawn.
   *
   * @param epoch passes over the data set so far
   * @param rounds rounds of sampling
   * @param sampling how prompts were replaced
   */
  public record Drawn(double epoch, int rounds, Optional<DynamicSampling> sampling) {}

  /** The step's rows of 2-rollouts, 3-scores and 4-weights. */
  public record Tables(Dataset<Row> rollouts, Dataset<Row> scores, Dataset<Row> weights) {}

  /** Figures of an evaluation; null where none was made, or nothing was evidence. */
  public record Evaluated(Double passAt1, Double logPHat) {}

  /** Wall time of the stages, in seconds; null where not known. */
  public record Seconds(
      Double rollout, Double score, Double refill, Double weigh, Double batch, Double step) {
    /** The same with the gradient step's. */
    public Seconds withStep(double seconds) {
      return new Seconds(rollout, score, refill, weigh, batch, seconds);
    }
  }

  /**
   * Gathers what a person would plot.
   *
   * @param figures as {@link #figures} gives them
   * @param updates rows of 6-step; the last one stands for the step's learning rate, the others are
   *     averaged over updates
   * @param evaluation what the first evaluation set gave
   */
  public static MetricsRow measure(
      Drawn drawn,
      List<Row> figures,
      List<StepRow> updates,
      Evaluated evaluation,
      Seconds seconds) {
    Row rolled = figures.get(0);
    Row scored = figures.get(1);
    Row weighed = figures.get(2);
    long examples = weighed.getAs("examples");
    StepRow last = updates.get(updates.size() - 1);
    long rows = updates.stream().mapToLong(StepRow::rows).sum();
    return new MetricsRow(
        last.step(),
        drawn.epoch(),
        examples,
        drawn.rounds(),
        drawn
            .sampling()
            .map(of -> examples - Math.min(of.prompts(), weighed.<Long>getAs("informative")))
            .orElse(0L),
        rolled.getAs("rollouts"),
        number(scored, "reward"),
        number(scored, "reward_std"),
        number(scored, "equal_rewards"),
        scored.getAs("log_p_hat"),
        weighed.getAs("q"),
        weighed.getAs("q_10"),
        weighed.getAs("q_50"),
        weighed.getAs("q_90"),
        number(weighed, "effective_sample_size"),
        weighed.getAs("carried_sample_size"),
        number(weighed, "largest_coef"),
        number(scored, "unparseable"),
        number(scored, "faults"),
        number(rolled, "length"),
        number(rolled, "forced"),
        number(rolled, "unfinished"),
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
        weighed.<Long>getAs("weighted") - rows,
        updates.stream().mapToLong(StepRow::tokens).sum(),
        evaluation.passAt1(),
        evaluation.logPHat(),
        seconds.rollout(),
        seconds.score(),
        seconds.refill(),
        seconds.weigh(),
        seconds.batch(),
        seconds.step());
  }

  /** The figures of each table in a row of their own, in the order of the tables. */
  public static Dataset<Row> figures(Tables tables) {
    // One job: three would wait for each other, and so would a join of the three.
    return rolloutFigures(tables.rollouts())
        .unionByName(scoreFigures(tables.scores()), true)
        .unionByName(weightFigures(tables.weights()), true);
  }

  private static Dataset<Row> rolloutFigures(Dataset<Row> rollouts) {
    return SmallTables.inOneTask(rollouts)
        .agg(
            expr("count(1) AS rollouts"),
            // Integers below 2^53 add exactly, so these need no order.
            expr("sum(size(rationale_ids) + size(answer_ids)) / count(1) AS length"),
            expr("count_if(forced_end_of_thinking) / count(1) AS forced"),
            expr("count_if(finish_reason <> 'stop') / count(1) AS unfinished"));
  }

  private static Dataset<Row> scoreFigures(Dataset<Row> scores) {
    return SmallTables.inOneTask(scores)
        .groupBy("example_id")
        .agg(
            expr("count(1)").as("samples"),
            expr("count(reward)").as("evidence"),
            expr("sort_array(collect_list(if(reward is null, null, struct(sample, reward)))).reward")
                .as("each"),
            expr("count_if(verdict = 'UNPARSEABLE')").as("unparseable"),
            expr("sort_array(collect_list(if(reward is null, null, struct(sample, log_w)))).log_w")
                .as("log_w"))
        .selectExpr("*", SUM + " AS rewards")
        .selectExpr(
            "*",
            DEVIATION + " AS deviation",
            "array_max(log_w) AS log_max",
            LOG_MEAN_EXP + " AS log_p_hat")
        .coalesce(1)
        .sortWithinPartitions("example_id")
        .agg(
            expr("sum(rewards) / nullif(sum(evidence), 0) AS reward"),
            expr("avg(deviation) AS reward_std"),
            expr("count_if(deviation = 0) / count(1) AS equal_rewards"),
            expr("sum(unparseable) / sum(samples) AS unparseable"),
            expr("(sum(samples) - sum(evidence)) / sum(samples) AS faults"),
            expr("avg(log_p_hat) AS log_p_hat"));
  }

  private static Dataset<Row> weightFigures(Dataset<Row> weights) {
    return weights
        .coalesce(1)
        .sortWithinPartitions("example_id")
        .agg(
            expr("count(1) AS examples"),
            expr("avg(effective_sample_size) AS effective_sample_size"),
            expr("max(array_max(rationale_coefs)) AS largest_coef"),
            expr("coalesce(sum(rollouts), 0L) AS weighted"),
            expr("count_if(" + DynamicSampling.INFORMATIVE + ") AS informative"),
            expr("avg(q) AS q"),
            expr("percentile(q, 0.1) AS q_10"),
            expr("percentile(q, 0.5) AS q_50"),
            expr("percentile(q, 0.9) AS q_90"),
            expr("avg(carried_sample_size) AS carried_sample_size"));
  }

  private static double mean(
      List<StepRow> updates, java.util.function.ToDoubleFunction<StepRow> of) {
    return updates.stream().mapToDouble(of).average().orElseThrow();
  }

  private static double number(Row row, String column) {
    Double value = row.getAs(column);
    return value == null ? 0.0 : value;
  }
}
