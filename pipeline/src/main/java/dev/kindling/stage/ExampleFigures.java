package dev.kindling.stage;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.row.RowCodec;
import dev.kindling.udf.Verifiers;
import dev.kindling.udf.worker.WorkerLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The figures of one example of an evaluation.
 *
 * @param exampleId id of the example
 * @param level its level in its data set; empty where it has none
 * @param samples rollouts that are evidence, at least 1
 * @param values one for each metric, in the order that was asked for; NaN where too few rollouts
 *     are evidence
 */
public record ExampleFigures(String exampleId, String level, int samples, double[] values) {
  /** Rows of examples to records and back. */
  public static final RowCodec<ExampleFigures> CODEC = new RowCodec<>(ExampleFigures.class);

  /**
   * What is known of one rollout that is evidence.
   *
   * @param index its index within the group, 0-based
   * @param extracted the answer that the verifier compared; null where there was none
   * @param correct 1 where it is, else 0, whatever its reward
   * @param logW log p(y*|x,z), in nats
   */
  record Sample(int index, String extracted, double correct, double logW) {}

  /**
   * Computes the figures of every example that has evidence, in tasks and not in SQL: answers are
   * one where their verifier says so.
   *
   * @param prompts rows of 1-prompts
   * @param scores rows of 3-scores
   * @param verifier name of the verifier for all rows; null leaves the choice to each prompt
   * @param limits of the processes that compute algebra
   * @param metrics {@code pass@K}, {@code mean@K}, {@code maj@K}, {@code log_p_hat}
   * @return rows of {@link #CODEC}, in no particular order
   */
  public static Dataset<Row> rows(
      SparkSession spark,
      Dataset<Row> prompts,
      Dataset<Row> scores,
      String verifier,
      WorkerLimits limits,
      List<String> metrics) {
    List<String> names = List.copyOf(metrics);
    return spark.createDataFrame(
        grouped(prompts, scores)
            .javaRDD()
            .map(row -> CODEC.toRow(of(row, verifier, limits, names))),
        CODEC.schema());
  }

  /** The evidence on each example in one row, in the order of the samples. */
  static Dataset<Row> grouped(Dataset<Row> prompts, Dataset<Row> scores) {
    return scores
        .where("reward is not null")
        .groupBy("example_id")
        .agg(
            expr("sort_array(collect_list(struct(sample, extracted,"
                    + " CAST(verdict = 'CORRECT' AS DOUBLE) AS correct, log_w)))")
                .as("samples"))
        .join(prompts.select("example_id", "level", "verifier", "verifier_context"), "example_id");
  }

  private static ExampleFigures of(
      Row row, String verifier, WorkerLimits limits, List<String> metrics) {
    List<Sample> samples = new ArrayList<>();
    for (Row sample : row.<Row>getList(row.fieldIndex("samples"))) {
      samples.add(
          new Sample(
              sample.getAs("sample"),
              sample.getAs("extracted"),
              sample.getAs("correct"),
              sample.getAs("log_w")));
    }
    String judge = verifier == null ? row.getAs("verifier") : verifier;
    String context = row.getAs("verifier_context");
    return of(
        row.getAs("example_id"),
        row.getAs("level"),
        samples,
        metrics,
        (one, other) -> Verifiers.isSame(judge, context, one, other, limits));
  }

  /**
   * The figures of one example.
   *
   * @param samples ascending, at least one
   * @param isSame whether two extracted answers are one, the earlier first
   */
  static ExampleFigures of(
      String exampleId,
      String level,
      List<Sample> samples,
      List<String> metrics,
      BiPredicate<String, String> isSame) {
    int[] votes = Votes.candidates(samples.stream().map(Sample::extracted).toList(), isSame);
    double[] values = new double[metrics.size()];
    for (int i = 0; i < values.length; i++) {
      Metric metric = Metric.of(metrics.get(i));
      int first = (int) samples.stream().filter(sample -> sample.index() < metric.k()).count();
      values[i] =
          switch (metric.name()) {
            case "pass" -> pass(samples, metric.k());
            case "mean" -> mean(samples.subList(0, first));
            case "maj" -> majority(samples.subList(0, first), votes);
            case "log_p_hat" -> logPHat(samples);
            default -> throw new IllegalArgumentException("no metric " + metrics.get(i));
          };
    }
    return new ExampleFigures(exampleId, level, samples.size(), values);
  }

  /**
   * 1 − C(n−c, k)/C(n, k), the unbiased estimate of Chen et al. 2021 (arXiv:2107.03374, eq. 1), as
   * 1 − Π (n−c−i)/(n−i) for i < k, which meets 0 exactly when fewer than k are wrong.
   */
  private static double pass(List<Sample> samples, int k) {
    int n = samples.size();
    if (n < k) {
      return Double.NaN;
    }
    long wrong = samples.stream().filter(sample -> sample.correct() == 0).count();
    double none = 1;
    for (int i = 0; i < k; i++) {
      none *= (double) Math.max(wrong - i, 0) / (n - i);
    }
    return 1 - none;
  }

  private static double mean(List<Sample> first) {
    return first.stream().mapToDouble(Sample::correct).average().orElse(Double.NaN);
  }

  private static double majority(List<Sample> first, int[] votes) {
    if (first.isEmpty()) {
      return Double.NaN;
    }
    int winner = Votes.winner(votes, first.size());
    return winner == Votes.NONE ? 0 : first.get(winner).correct();
  }

  private static double logPHat(List<Sample> samples) {
    double largest = samples.stream().mapToDouble(Sample::logW).max().orElseThrow();
    if (largest == Double.NEGATIVE_INFINITY) {
      return largest;
    }
    double sum = 0;
    for (Sample sample : samples) {
      sum += Math.exp(sample.logW() - largest);
    }
    return largest + Math.log(sum / samples.size());
  }
}
