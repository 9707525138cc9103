package dev.kindling.bench;

import dev.kindling.engine.text.ByteTokenizer;
import dev.kindling.row.StepRow;
import dev.kindling.row.Table;
import dev.kindling.stage.Batch;
import dev.kindling.stage.GradientStep;
import dev.kindling.stage.Measure;
import dev.kindling.stage.PolicyRef;
import dev.kindling.stage.Rollout;
import dev.kindling.stage.Score;
import dev.kindling.stage.ShardedBatches;
import dev.kindling.stage.TokenizerRef;
import dev.kindling.stage.TrainingPolicies;
import dev.kindling.stage.Weigh;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** One whole step: every stage reads the tables before it and writes its own, as in a run. */
final class StepBench {
  static final String TOGETHER = "together";

  private final SparkSession spark;
  private final PolicyRef policy;
  private final StageSettings settings;
  private final Path folder;
  private final long number;
  private final Map<String, Double> seconds = new LinkedHashMap<>();

  /** A step of its own number, so that every repeat samples anew. */
  StepBench(
      SparkSession spark, PolicyRef policy, StageSettings settings, Path folder, long number) {
    this.spark = spark;
    this.policy = policy;
    this.settings = settings;
    this.folder = folder;
    this.number = number;
  }

  /**
   * Runs the step on the rows of 1-prompts.
   *
   * @return wall time of each stage in seconds, and of all together
   */
  Map<String, Double> run(Dataset<Row> prompts) throws IOException {
    Table.PROMPTS.write(prompts, path(Table.PROMPTS));
    long started = System.nanoTime();
    stage("rollout", Table.ROLLOUTS, this::rollouts);
    stage("score", Table.SCORES, this::scores);
    stage(
        "weigh",
        Table.WEIGHTS,
        () -> Weigh.weigh(read(Table.SCORES), settings.objective(), StageBench.SEED, number));
    stage(
        "batch",
        Table.BATCHES,
        () ->
            Batch.batch(
                read(Table.PROMPTS),
                read(Table.ROLLOUTS),
                read(Table.WEIGHTS),
                settings.objective(),
                settings.batch()));
    stage("step", Table.STEP, () -> Table.STEP.of(spark, List.of(update())));
    stage("metrics", Table.METRICS, this::metrics);
    seconds.put(TOGETHER, (System.nanoTime() - started) / 1e9);
    return seconds;
  }

  /** Makes the rows of a stage. */
  private interface Rows {
    Dataset<Row> make() throws IOException;
  }

  private void stage(String name, Table<?> table, Rows rows) throws IOException {
    long started = System.nanoTime();
    table.write(rows.make(), path(table));
    seconds.put(name, (System.nanoTime() - started) / 1e9);
  }

  private String path(Table<?> table) {
    return new Path(folder, table.name()).toString();
  }

  private Dataset<Row> read(Table<?> table) {
    return table.read(spark, path(table));
  }

  private Dataset<Row> rollouts() {
    return Rollout.rollout(
        spark,
        read(Table.PROMPTS),
        policy,
        settings.sampler(),
        settings.promptsPerTask(),
        StageBench.SEED,
        number);
  }

  private Dataset<Row> scores() {
    TokenizerRef tokenizer = new TokenizerRef(ByteTokenizer.ofAllBytes(), "bytes");
    return Score.score(spark, read(Table.PROMPTS), read(Table.ROLLOUTS), null, tokenizer);
  }

  private StepRow update() {
    int shards = settings.batch().shards();
    try (ShardedBatches batches = new ShardedBatches(read(Table.BATCHES), 1, shards)) {
      long started = System.nanoTime();
      GradientStep.Update update =
          settings
              .gradientStep()
              .run(
                  batches,
                  0,
                  number,
                  TrainingPolicies.of(policy),
                  new Path(folder, "checkpoint"),
                  number,
                  StageBench.LEARNING_RATE);
      double took = (System.nanoTime() - started) / 1e9;
      return update.row(number, 0, StageBench.LEARNING_RATE, took);
    }
  }

  private Dataset<Row> metrics() {
    Dataset<Row> rollouts = read(Table.ROLLOUTS);
    List<StepRow> updates = Table.STEP.collect(read(Table.STEP));
    return Table.METRICS.of(
        spark,
        List.of(
            Measure.measure(
                1,
                1,
                Optional.empty(),
                rollouts,
                read(Table.SCORES),
                read(Table.WEIGHTS),
                updates,
                null,
                Measure.Seconds.UNKNOWN,
                updates.get(0).seconds())));
  }
}
