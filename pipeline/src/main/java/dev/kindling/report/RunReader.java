package dev.kindling.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.md5;

import dev.kindling.check.Check;
import dev.kindling.io.Manifest;
import dev.kindling.io.RunFolder;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads from a run's tables what its report shows. */
public final class RunReader {
  private static final String[] KEY = {"example_id", "sample"};

  private RunReader() {}

  /**
   * A run with its metrics, and with rollouts of its last committed step. What has no commit does
   * not count.
   *
   * @param run its name becomes the arm's
   * @param highlights see {@link Arm}
   * @param count rollouts to show, at least 1
   * @param decode token ids to text
   * @throws IOException when the run folder cannot be read
   */
  public static Arm arm(
      SparkSession spark,
      RunFolder run,
      String highlights,
      int count,
      Function<int[], String> decode)
      throws IOException {
    List<Long> steps = run.committedSteps();
    long last = steps.isEmpty() ? -1 : steps.get(steps.size() - 1);
    List<Path> metrics = run.allMetrics();
    List<MetricsRow> rows =
        metrics.isEmpty() ? List.of() : metrics(Table.METRICS.read(spark, texts(metrics)));
    // The new policy's step 0 has no rollouts.
    List<SampledRollout> sampled =
        run.fileSystem().exists(run.table(last, Table.SCORES.name()))
            ? samples(
                read(spark, run, last, Table.PROMPTS),
                read(spark, run, last, Table.ROLLOUTS),
                read(spark, run, last, Table.SCORES),
                count,
                decode)
            : List.of();
    return new Arm(
        run.root().getName(),
        highlights,
        rows.stream().filter(row -> row.step() <= last).toList(),
        evaluations(spark, run, last),
        sampled,
        run.readConfig());
  }

  private static List<EvaluationRow> evaluations(SparkSession spark, RunFolder run, long last)
      throws IOException {
    List<Long> steps = run.evaluatedSteps().stream().filter(step -> step <= last).toList();
    if (steps.isEmpty()) {
      return List.of();
    }
    Path table = new Path(run.evaluation(steps.get(steps.size() - 1)), Table.EVALUATIONS.name());
    Manifest.held(run.fileSystem(), table);
    return Table.EVALUATIONS.collect(Table.EVALUATIONS.read(spark, table.toString()));
  }

  private static Dataset<Row> read(SparkSession spark, RunFolder run, long step, Table<?> table)
      throws IOException {
    List<Path> rounds = run.tables(step, table.name());
    for (Path round : rounds) {
      Manifest.held(run.fileSystem(), round);
    }
    return table.read(spark, texts(rounds));
  }

  private static String[] texts(List<Path> paths) {
    return paths.stream().map(Path::toString).toArray(String[]::new);
  }

  /**
   * The metrics in ascending order of their steps.
   *
   * @param metrics table {@code 8-metrics} of all committed steps, in any order
   */
  public static List<MetricsRow> metrics(Dataset<Row> metrics) {
    return Table.METRICS.collect(metrics).stream()
        .sorted(Comparator.comparingLong(MetricsRow::step))
        .toList();
  }

  /**
   * Rollouts of one step, drawn by a hash of their ids: unbiased, and the same in every report.
   *
   * @param prompts table {@code 1-prompts}
   * @param rollouts table {@code 2-rollouts}
   * @param scores table {@code 3-scores}
   * @param count how many, at least 1; fewer where the step has fewer
   * @param decode token ids to text
   */
  public static List<SampledRollout> samples(
      Dataset<Row> prompts,
      Dataset<Row> rollouts,
      Dataset<Row> scores,
      int count,
      Function<int[], String> decode) {
    new Check().that(count >= 1, "samples of a report", count, "must be >= 1").done();
    Dataset<Row> chosen =
        scores
            .select("example_id", "sample", "answer", "verdict", "reason", "log_w")
            .orderBy(md5(concat_ws("/", col("example_id"), col("sample")).cast("binary")))
            .limit(count);
    return chosen
        .join(rollouts.select("example_id", "sample", "rationale_ids"), KEY, "inner")
        .join(prompts.select("example_id", "prompt", "gold_answers"), "example_id")
        .orderBy("example_id", "sample")
        .collectAsList()
        .stream()
        .map(row -> sampled(row, decode))
        .toList();
  }

  private static SampledRollout sampled(Row row, Function<int[], String> decode) {
    List<Integer> rationale = row.getList(row.fieldIndex("rationale_ids"));
    List<String> gold = row.getList(row.fieldIndex("gold_answers"));
    String reason = row.getAs("reason");
    return new SampledRollout(
        row.getAs("example_id"),
        row.<Integer>getAs("sample"),
        row.getAs("prompt"),
        decode.apply(rationale.stream().mapToInt(Integer::intValue).toArray()),
        row.getAs("answer"),
        String.join(" | ", gold),
        row.getAs("verdict"),
        reason == null ? "" : reason,
        row.<Double>getAs("log_w"));
  }
}
