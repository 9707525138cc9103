package dev.kindling.bench;

import dev.kindling.engine.model.Precision;
import dev.kindling.engine.text.ByteTokenizer;
import dev.kindling.engine.train.GradientStatistics;
import dev.kindling.row.Table;
import dev.kindling.run.Progress;
import dev.kindling.run.RunSettings;
import dev.kindling.stage.PolicyRef;
import dev.kindling.stage.Rollout;
import dev.kindling.stage.TokenizerRef;
import dev.kindling.stage.step.GradientStep;
import dev.kindling.stage.step.ShardedBatches;
import dev.kindling.stage.step.TrainingPolicies;
import dev.kindling.stage.weigh.Batch;
import dev.kindling.stage.weigh.Weigh;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Runs the stages of a step on made-up rows, in the session of the command, and measures their
 * tasks. The first run of each stage does not count: it loads the policy and compiles the code.
 */
public final class StageBench implements AutoCloseable {
  static final long SEED = 1;
  // So small that every run finds the same policy.
  static final double LEARNING_RATE = 1e-6;

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final Path folder;
  private final BenchSettings settings;
  private final int warmUp;
  private final int repeats;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final FileSystem fileSystem;
  private final TaskClock clock;
  private final Map<String, PolicyRef> policies = new HashMap<>();
  private int steps;

  /**
   * Whole steps of one kind.
   *
   * @param before steps of any kind that the session had run before the first of these
   * @param seconds wall time of each stage by its name, and of all together
   */
  record Steps(int before, Map<String, Spread> seconds) {}

  /**
   * Opens a bench.
   *
   * @param folder where checkpoints and tables go; removed by {@link #close}
   * @param settings the stages' settings
   * @param warmUp whole steps before those that count, at least 1
   * @param repeats runs of a stage or step that count, at least 0
   */
  public StageBench(
      SparkSession spark, Path folder, BenchSettings settings, int warmUp, int repeats)
      throws IOException {
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.folder = folder;
    this.settings = settings;
    this.warmUp = warmUp;
    this.repeats = repeats;
    this.hadoop = context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    // Kept, because a session that an interruption has stopped has no broadcasts to ask.
    this.fileSystem = folder.getFileSystem(context.hadoopConfiguration());
    this.clock = new TaskClock(context);
  }

  /** Tasks that run at once. */
  public int tasks() {
    return context.defaultParallelism();
  }

  /** What the machine can do at best. */
  public Floor floor() {
    return FloorProbe.measure(context, tasks());
  }

  private PolicyRef policy(Workload work) {
    PolicyRef policy =
        policies.computeIfAbsent(
            work.model().name(),
            name ->
                new RandomPolicy(context, hadoop, work.model())
                    .write(new Path(folder, name), work.precision()));
    return new PolicyRef(
        hadoop, policy.files(), policy.digest(), policy.model(), work.precision(), 0);
  }

  /** Runs rollout stages, one task of the workload for each core. */
  Measured rollout(Workload work) throws IOException {
    RunSettings stages = settings.of(work, tasks());
    PolicyRef policy = policy(work);
    Dataset<Row> prompts = Table.PROMPTS.of(spark, new BenchData(work, tasks()).prompts());
    List<TaskClock.Span> spans = new ArrayList<>();
    for (int run = 0; run <= repeats; run++) {
      long step = run;
      Dataset<Row> rollouts =
          Rollout.rollout(
              spark,
              prompts,
              Rollout.Places.of(prompts),
              policy,
              new TokenizerRef(ByteTokenizer.ofAllBytes(), "bytes"),
              stages.training(),
              work.prompts(),
              SEED,
              step);
      TaskClock.Span span = clock.time(() -> requireFull(work, rollouts));
      if (run > 0) {
        spans.add(span);
      }
    }
    double sampled = (double) work.rows() * work.answerTokens();
    double prompted = (double) work.prompts() * (work.promptTokens() - 1);
    return new Measured(tasks(), sampled, prompted + sampled + work.rows(), spans);
  }

  /** Computes the rollouts, and counts their tokens so that no rate is made of others. */
  private void requireFull(Workload work, Dataset<Row> rollouts) {
    long sampled = rollouts.selectExpr("sum(size(answer_ids))").first().getLong(0);
    long expected = (long) tasks() * work.rows() * work.answerTokens();
    if (sampled != expected) {
      throw new IllegalStateException(
          "%d tokens were sampled (must be %d)".formatted(sampled, expected));
    }
  }

  /** Runs gradient steps, one shard of the workload for each core. */
  Measured train(Workload work) throws IOException {
    RunSettings stages = settings.of(work, tasks());
    PolicyRef policy = policy(work);
    BenchData data = new BenchData(work, tasks());
    Dataset<Row> weights =
        Weigh.weigh(Table.SCORES.of(spark, data.scores()), stages.conf().objectiveOf(), SEED, 1);
    Dataset<Row> batches =
        Batch.batch(
            Table.PROMPTS.of(spark, data.prompts()),
            Table.ROLLOUTS.of(spark, data.rollouts()),
            weights,
            stages.conf().objectiveOf(),
            stages.batch());
    List<TaskClock.Span> spans = new ArrayList<>();
    List<GradientStatistics> statistics = new ArrayList<>();
    try (ShardedBatches sharded = new ShardedBatches(batches, 1, tasks())) {
      for (int run = 0; run <= repeats; run++) {
        TaskClock.Span span =
            clock.time(() -> statistics.add(update(stages.gradientStep(), sharded, policy)));
        if (run > 0) {
          spans.add(span);
        }
      }
    }
    double computed = (double) statistics.get(0).computedTokens() / tasks();
    return new Measured(tasks(), (double) work.rows() * work.length(), computed, spans);
  }

  private GradientStatistics update(
      GradientStep gradientStep, ShardedBatches batches, PolicyRef policy) throws IOException {
    Path next = new Path(folder, "next");
    fileSystem.delete(next, true);
    return gradientStep
        .run(batches, 0, 1, TrainingPolicies.of(policy), next, 1, LEARNING_RATE)
        .statistics();
  }

  /**
   * Runs whole steps of a run.
   *
   * @param work all prompts of a step; how they are divided is in the settings
   * @return the first step, and those after the warm-up
   */
  List<Steps> steps(Workload work, Progress progress) throws IOException {
    int before = steps;
    List<Map<String, Double>> each =
        each(work, settings, warmUp + repeats, progress, StepBench::step);
    return List.of(
        steps(before, each.subList(0, 1)),
        steps(before + warmUp, each.subList(warmUp, each.size())));
  }

  /**
   * What whole steps of a run cost, the warm-up first.
   *
   * @param work all prompts of a step
   * @param more settings over those of the workload
   */
  List<StepCost> costs(Workload work, List<String> more, Progress progress) throws IOException {
    return costs(work, more, warmUp + repeats, progress);
  }

  /** What the one step of a run costs. */
  StepCost cost(Workload work, List<String> more, Progress progress) throws IOException {
    return costs(work, more, 1, progress).get(0);
  }

  private List<StepCost> costs(Workload work, List<String> more, int count, Progress progress)
      throws IOException {
    List<String> overrides = new ArrayList<>(more);
    overrides.addAll(settings.overrides());
    return each(
        work, new BenchSettings(overrides), count, progress, bench -> bench.cost(clock, tasks()));
  }

  /** Makes a step and says something of it. */
  private interface Making<T> {
    T step(StepBench bench) throws IOException;
  }

  private <T> List<T> each(
      Workload work, BenchSettings of, int count, Progress progress, Making<T> making)
      throws IOException {
    List<T> each = new ArrayList<>();
    Path place = new Path(folder, "steps-" + steps);
    try (StepBench bench =
        new StepBench(
            spark,
            progress,
            place,
            of.ofStep(work, tasks()),
            new BenchData(work, 1).prompts(),
            new RandomPolicy(context, hadoop, work.model()))) {
      for (int i = 0; i < count; i++, steps++) {
        each.add(making.step(bench));
      }
    }
    fileSystem.delete(place, true);
    return each;
  }

  /** Those of some steps that come after the warm-up. */
  <T> List<T> warm(List<T> each) {
    return each.subList(warmUp, each.size());
  }

  private static Steps steps(int before, List<Map<String, Double>> each) {
    Map<String, Spread> seconds = new LinkedHashMap<>();
    for (String stage : each.get(0).keySet()) {
      seconds.put(stage, Spread.of(each.stream().map(once -> once.get(stage)).toList()));
    }
    return new Steps(before, seconds);
  }

  /** How fast a checkpoint of a shape moves. */
  WeightRates weightRates(BenchModel model) throws IOException {
    PolicyRef policy =
        new RandomPolicy(context, hadoop, model)
            .write(new Path(folder, "rates"), Precision.FLOAT32);
    return WeightRates.of(
        fileSystem,
        policy.files().stream().map(Path::new).toList(),
        model.config(),
        new Path(folder, "rates-next"));
  }

  /** Bound on what the layers of a micro-batch keep for the backward pass. */
  long keptBytes(Workload work) {
    return settings.of(work, tasks()).gradientStep().keptBytes();
  }

  /**
   * Runs one task alone and gives how much more memory the process then had at its peak. Code is
   * loaded by a small model before. What other tasks have left behind would hide a part of it, so
   * this is for a process that has done nothing else.
   *
   * @return bytes
   */
  public long peak(MemoryCase task, BenchModel model, Precision precision) throws IOException {
    task.run(this, task.work(BenchModel.named("small"), precision));
    Workload work = task.work(model, precision);
    policy(work);
    System.gc();
    long before = ResidentMemory.now();
    ResidentMemory.resetPeak();
    task.run(this, work);
    return ResidentMemory.peak() - before;
  }

  @Override
  public void close() throws IOException {
    clock.close();
    fileSystem.delete(folder, true);
    hadoop.destroy();
  }
}
