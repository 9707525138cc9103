package dev.kindling.stage;

import dev.kindling.engine.sample.Decoder;
import dev.kindling.engine.sample.PromptInput;
import dev.kindling.engine.sample.Sample;
import dev.kindling.engine.sample.Sampler;
import dev.kindling.engine.sample.SamplerSettings;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.row.PromptRow;
import dev.kindling.row.Records;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.RowCodec;
import dev.kindling.row.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * 1-prompts → 2-rollouts: each task samples the groups of a few prompts under one policy.
 *
 * <p>Which prompts share a task is a setting of the run, never of the cluster, and random streams
 * are keyed by (seed, step, example, sample); so a retried or speculative task gives the same rows.
 */
public final class Rollout {
  private Rollout() {}

  /**
   * Where prompts lie in the run's order, by which they share tasks.
   *
   * @param first the smallest {@code position}
   * @param count number of prompts
   */
  public record Places(long first, long count) {
    /** Looks at the prompts for them. */
    public static Places of(Dataset<Row> prompts) {
      Row bounds = prompts.selectExpr("min(position)", "count(1)").head();
      long count = bounds.getLong(1);
      return new Places(count == 0 ? 0 : bounds.getLong(0), count);
    }
  }

  /**
   * Samples every prompt's group.
   *
   * @param prompts rows of 1-prompts
   * @param places where they lie
   * @param policy the policy that samples
   * @param tokenizer turns what it wrote into text
   * @param settings how to sample
   * @param promptsPerTask prompts decoded together in one task
   * @param seed the run's seed
   * @param step the step, for the random streams
   * @return rows of 2-rollouts, in no particular order
   */
  public static Dataset<Row> rollout(
      SparkSession spark,
      Dataset<Row> prompts,
      Places places,
      PolicyRef policy,
      TokenizerRef tokenizer,
      SamplerSettings settings,
      int promptsPerTask,
      long seed,
      long step) {
    RowCodec<RolloutRow> output = Table.ROLLOUTS.codec();
    Broadcast<TokenizerRef> texts = tokenizer.broadcast(spark);
    // Spark's page of the stage shows it while tasks run.
    LongAccumulator finished = spark.sparkContext().longAccumulator("finished rollouts");
    long first = places.first();
    int tasks =
        Math.toIntExact(Math.max(1, (places.count() + promptsPerTask - 1) / promptsPerTask));
    return spark.createDataFrame(
        WholeGpu.of(
            Records.of(prompts, Table.PROMPTS.codec())
                .mapToPair(
                    prompt -> {
                      long place = prompt.position() - first;
                      return new Tuple2<>((int) (place / promptsPerTask), prompt);
                    })
                .partitionBy(new HashPartitioner(tasks))
                .mapPartitions(
                    prompted -> {
                      List<PromptRow> group = new ArrayList<>();
                      prompted.forEachRemaining(pair -> group.add(pair._2()));
                      group.sort(Comparator.comparingLong(PromptRow::position));
                      return task(group, policy, texts.value(), settings, seed, step, finished)
                          .map(output::toRow)
                          .iterator();
                    })),
        output.schema());
  }

  private static Stream<RolloutRow> task(
      List<PromptRow> prompts,
      PolicyRef policy,
      TokenizerRef texts,
      SamplerSettings settings,
      long seed,
      long step,
      LongAccumulator finished) {
    List<PromptInput> inputs =
        prompts.stream()
            .map(p -> new PromptInput(p.exampleId(), p.promptIds(), p.goldIds()))
            .toList();
    long started = System.nanoTime();
    List<Sample> samples;
    try (SharedCache.Lease<Decoder> decoder = policy.decoder()) {
      samples = new Sampler(decoder.value(), settings).sample(inputs, seed, step, finished::add);
    }
    double seconds = (System.nanoTime() - started) / 1e9 / Math.max(1, samples.size());
    Map<String, String> asked =
        prompts.stream().collect(Collectors.toMap(PromptRow::exampleId, PromptRow::prompt));
    try (SharedCache.Lease<Tokenizer> tokenizer = texts.lease()) {
      return samples.stream()
          .map(
              sample ->
                  row(
                      sample,
                      asked.get(sample.exampleId()),
                      tokenizer.value(),
                      policy.version(),
                      seconds))
          .toList()
          .stream();
    }
  }

  private static RolloutRow row(
      Sample sample, String prompt, Tokenizer tokenizer, long version, double seconds) {
    return new RolloutRow(
        sample.exampleId(),
        sample.sample(),
        prompt,
        tokenizer.decode(sample.rationaleIds()),
        tokenizer.decode(sample.answerIds()),
        sample.rationaleIds(),
        sample.answerIds(),
        sample.rationaleLogprobs(),
        sample.answerLogprobs(),
        sample.rationaleSamplingLogprobs(),
        sample.answerSamplingLogprobs(),
        sample.goldLogprobs(),
        sample.logW(),
        sample.finishReason().label(),
        sample.forcedEndOfThinking(),
        sample.seed(),
        version,
        seconds);
  }
}
