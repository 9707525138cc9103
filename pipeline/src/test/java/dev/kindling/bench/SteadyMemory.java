package dev.kindling.bench;

import dev.kindling.LongTests;
import dev.kindling.SparkTest;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.engine.sample.SamplerSettings;
import dev.kindling.engine.text.ByteTokenizer;
import dev.kindling.engine.train.AdamW;
import dev.kindling.objective.Objective;
import dev.kindling.objective.Rloo;
import dev.kindling.row.Table;
import dev.kindling.stage.PolicyRef;
import dev.kindling.stage.Rollout;
import dev.kindling.stage.TokenizerRef;
import dev.kindling.stage.step.GradientStep;
import dev.kindling.stage.step.MismatchGate;
import dev.kindling.stage.step.ShardedBatches;
import dev.kindling.stage.step.TrainingPolicies;
import dev.kindling.stage.weigh.Batch;
import dev.kindling.stage.weigh.BatchSettings;
import dev.kindling.stage.weigh.Weigh;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The program of {@link SteadyMemoryTest}: updates, then rollout stages, each stage under a policy
 * that the one before it did not have. Prints resident memory after each stage.
 */
final class SteadyMemory {
  static final int UPDATES = LongTests.ARE_RUN ? 60 : 50;
  static final int ROLLOUTS = LongTests.ARE_RUN ? 200 : 80;

  private static final BenchModel MODEL =
      new BenchModel(
          "steady",
          new ModelConfig(
              512, 128, 2, 4, 2, 32, 384, 256, 1e4, RopeScaling.NONE, 1e-6, true, false, true));
  private static final Workload WORK = new Workload(MODEL, Precision.FLOAT32, 2, 4, 16, 8);
  private static final int TASKS = 2;

  private final SparkSession spark = SparkTest.session();
  private final JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
  private final Broadcast<SerializableConfiguration> hadoop =
      context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
  private final BenchData data = new BenchData(WORK, TASKS);
  private final Objective objective = Objective.of(new Rloo());
  private final Path folder;

  private SteadyMemory(String folder) {
    this.folder = new Path(folder);
  }

  /** Runs the stages in a folder, the one argument. */
  public static void main(String[] arguments) {
    SteadyMemory memory = new SteadyMemory(arguments[0]);
    PolicyRef first =
        new RandomPolicy(memory.context, memory.hadoop, MODEL)
            .write(new Path(memory.folder, "first"), Precision.FLOAT32);
    memory.rollouts(first, memory.updates(first));
    memory.spark.stop();
  }

  private static void print(String stage) {
    System.out.println(stage + " " + ResidentMemory.now());
  }

  private PolicyRef updates(PolicyRef first) {
    Dataset<Row> batches =
        Batch.batch(
            Table.PROMPTS.of(spark, data.prompts()),
            Table.ROLLOUTS.of(spark, data.rollouts()),
            Weigh.weigh(Table.SCORES.of(spark, data.scores()), objective, 1, 1),
            objective,
            new BatchSettings(1, TASKS, 256, MODEL.config().maxPositions()));
    GradientStep step =
        new GradientStep(
            objective.loss(),
            new AdamW(0.9, 0.999, 1e-8, 0),
            1,
            MismatchGate.open(Precision.FLOAT32),
            MODEL.slices(),
            1 << 20,
            1);
    PolicyRef policy = first;
    try (ShardedBatches sharded = new ShardedBatches(batches, 1, TASKS)) {
      for (int number = 1; number <= UPDATES; number++) {
        Path next = new Path(folder, "update-" + number);
        GradientStep.Update update =
            step.run(sharded, 0, number, TrainingPolicies.of(policy), next, number, 1e-4);
        policy = policy.next(next, update.files(), number);
        print("update");
      }
    }
    return policy;
  }

  private void rollouts(PolicyRef first, PolicyRef last) {
    SamplerSettings settings =
        new SamplerSettings(1, 0, 1, 0, WORK.samples(), 0, 8, SamplerSettings.NO_TOKEN, new int[0]);
    Dataset<Row> prompts = Table.PROMPTS.of(spark, data.prompts());
    for (int number = 0; number < ROLLOUTS; number++) {
      PolicyRef policy = number % 2 == 0 ? first : last;
      Rollout.rollout(
              spark,
              prompts,
              Rollout.Places.of(prompts),
              policy,
              new TokenizerRef(ByteTokenizer.ofAllBytes(), "bytes"),
              settings,
              WORK.prompts(),
              1,
              number)
          .count();
      print("rollout");
    }
  }
}
