package dev.kindling.bench;

import dev.kindling.io.Commit;
import dev.kindling.io.RunFolder;
import dev.kindling.io.RunLock;
import dev.kindling.io.StoredFile;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.Table;
import dev.kindling.row.TableEngine;
import dev.kindling.run.Pipeline;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.run.RunSettings;
import dev.kindling.run.RunStart;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Whole steps of a run: its folder has made-up prompts and a policy of random weights. */
final class StepBench implements AutoCloseable {
  /** Wall time of a step from its first stage to its commit. */
  static final String TOGETHER = "together";

  /** What of it no stage of its own takes: drawing prompts, metrics and the commit. */
  static final String REST = "rest";

  private final Run run;
  private final Pipeline pipeline;

  /**
   * Makes the run.
   *
   * @param folder where its folder goes
   * @param policy the slices of random weights, in a folder of their own
   */
  StepBench(
      SparkSession spark,
      Progress progress,
      Path folder,
      RunSettings settings,
      List<PromptRow> prompts,
      RandomPolicy policy)
      throws IOException {
    RunFolder place =
        RunFolder.create(
            spark.sparkContext().hadoopConfiguration(), folder, settings.conf().toYaml());
    long examples = RunStart.writePrompts(spark, place, prompts);
    List<StoredFile> slices = policy.write(place.checkpoint(0));
    Commit.first(
            settings.conf().digest(),
            Map.of(),
            slices,
            Map.of(RunStart.ALL_PROMPTS, examples),
            TableEngine.of(spark),
            "bench")
        .write(place.fileSystem(), place.commit(0));
    this.run =
        new Run(
            spark,
            place,
            Optional.of(RunLock.acquire(place.fileSystem(), place.root())),
            settings.conf(),
            settings.model(),
            settings.conf().totalUpdates(settings.conf()),
            Map.of(),
            "bench");
    this.pipeline = new Pipeline(run, progress);
  }

  /**
   * Runs the next step.
   *
   * @return wall time of each stage in seconds, of the rest, and of all together
   */
  Map<String, Double> step() throws IOException {
    long step = run.lastStep() + 1;
    long started = System.nanoTime();
    pipeline.train(step);
    double together = (System.nanoTime() - started) / 1e9;
    String metrics = run.folder().metrics(step).toString();
    MetricsRow row = Table.METRICS.collect(Table.METRICS.read(run.spark(), metrics)).get(0);
    Map<String, Double> seconds = new LinkedHashMap<>();
    seconds.put("rollout", row.secondsRollout());
    seconds.put("score", row.secondsScore());
    seconds.put("weigh", row.secondsWeigh());
    seconds.put("batch", row.secondsBatch());
    seconds.put("step", row.secondsStep());
    seconds.put(REST, together - seconds.values().stream().mapToDouble(s -> s).sum());
    seconds.put(TOGETHER, together);
    return seconds;
  }

  /**
   * Runs the next step.
   *
   * @param clock hears of its tasks
   * @param cores that the work of a stage is divided between
   */
  StepCost cost(TaskClock clock, int cores) throws IOException {
    long step = run.lastStep() + 1;
    TaskClock.Span span = clock.time(() -> pipeline.train(step));
    MetricsRow row =
        Table.METRICS
            .collect(Table.METRICS.read(run.spark(), run.folder().metrics(step).toString()))
            .get(0);
    return new StepCost(
        span.wallSeconds(),
        sum(step, Table.ROLLOUTS, "sum(seconds)") / cores,
        sum(step, Table.SCORES, "sum(verifier_millis) / 1e3") / cores,
        span.gradientSeconds() / cores,
        row.secondsStep());
  }

  private double sum(long step, Table<?> table, String sum) throws IOException {
    return ((Number) run.read(step, table).selectExpr(sum).head().get(0)).doubleValue();
  }

  @Override
  public void close() throws IOException {
    run.close();
  }
}
