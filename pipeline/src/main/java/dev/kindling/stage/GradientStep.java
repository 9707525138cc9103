package dev.kindling.stage;

import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.model.Weights;
import dev.kindling.engine.train.AdamW;
import dev.kindling.engine.train.AdamWSettings;
import dev.kindling.engine.train.GradientStatistics;
import dev.kindling.engine.train.Sequence;
import dev.kindling.engine.train.ShardGradient;
import dev.kindling.engine.train.Trainer;
import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.SliceRange;
import dev.kindling.io.StoredFile;
import dev.kindling.objective.TokenLoss;
import dev.kindling.row.BatchRow;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * 5-batches × checkpoint t → checkpoint t+1: the synchronised gradient step as a Spark job.
 *
 * <p>Map tasks compute the gradient of one shard each and emit it as slices of the flat parameter
 * vector; a reduce task per slice adds the shards in shard order; when the driver knows the global
 * norm, the same tasks run AdamW on their slice and write it. Tasks are pure functions of their
 * input, so retries and speculation are harmless; shards and slices are settings of the run, so the
 * bytes do not depend on the cluster.
 *
 * @param loss the objective's token loss
 * @param adam the optimizer's settings
 * @param clipNorm largest global L2 norm of the gradient, larger ones are scaled down to it; 0 is
 *     off
 * @param gate bound on sampler↔trainer mismatch, held before the first update of a step
 * @param slices number of slices of the parameter vector
 */
public record GradientStep(
    TokenLoss loss, AdamWSettings adam, double clipNorm, MismatchGate gate, int slices) {
  /**
   * What one update saw and wrote.
   *
   * @param rows training sequences
   * @param statistics sums over trained tokens
   * @param gradNorm global L2 norm of the gradient before clipping
   * @param clipFactor what the gradient was multiplied by
   * @param files the new checkpoint's slices in order
   */
  public record Update(
      long rows,
      GradientStatistics statistics,
      double gradNorm,
      double clipFactor,
      List<StoredFile> files) {}

  /**
   * One shard's gradient on one slice.
   *
   * @param shard which shard
   * @param rows sequences of the shard
   * @param gradient the slice's range of the shard's gradient
   * @param statistics the shard's statistics; null except on slice 0, so that they count once
   */
  private record Part(int shard, long rows, float[] gradient, GradientStatistics statistics)
      implements Serializable {}

  /**
   * The gradient on one slice, summed over shards.
   *
   * @param slice which slice
   * @param rows sequences of all shards
   * @param gradient the sum
   * @param squares sum of squared entries, in float64
   * @param statistics of all shards; null except on slice 0
   */
  private record Sum(
      int slice, long rows, float[] gradient, double squares, GradientStatistics statistics)
      implements Serializable {}

  /**
   * The part of a {@link Sum} that the driver needs.
   *
   * @param slice which slice
   * @param rows sequences of all shards
   * @param squares sum of squared entries
   * @param statistics of all shards; null except on slice 0
   */
  private record Head(int slice, long rows, double squares, GradientStatistics statistics)
      implements Serializable {}

  /**
   * Runs one gradient update.
   *
   * @param batches the step's shards
   * @param update which update of the step, 0-based
   * @param step the step that is being made
   * @param policy the policy to update
   * @param reference the policy that a KL term refers to; null without one
   * @param folder where the new slices go
   * @param number the update's number in the run, 1 for the first
   * @param learningRate learning rate of this update
   * @throws dev.kindling.check.InvalidInputException if loss or gradient is not finite, naming the
   *     rows, or the gate is exceeded; nothing has been written then
   */
  public Update run(
      ShardedBatches batches,
      int update,
      long step,
      PolicyRef policy,
      PolicyRef reference,
      Path folder,
      long number,
      double learningRate) {
    List<SliceRange> ranges = SliceRange.split(ParameterLayout.of(policy.model()).size(), slices);
    JavaRDD<Sum> sums = sums(batches.of(update), policy, reference, ranges);
    sums.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      List<Head> heads =
          new ArrayList<>(
              sums.map(s -> new Head(s.slice(), s.rows(), s.squares(), s.statistics())).collect());
      heads.sort(Comparator.comparingInt(Head::slice));
      GradientStatistics statistics = heads.get(0).statistics();
      double norm = Math.sqrt(heads.stream().mapToDouble(Head::squares).sum());
      FiniteGuard.check(statistics, norm, step);
      if (update == 0) {
        gate.check(statistics);
      }
      double clip = clipNorm == 0 ? 1.0 : AdamW.clipFactor(norm, clipNorm);
      List<StoredFile> files =
          write(sums, policy, new Next(folder.toString(), step, number, learningRate, clip));
      return new Update(heads.get(0).rows(), statistics, norm, clip, files);
    } finally {
      sums.unpersist();
    }
  }

  private JavaRDD<Sum> sums(
      JavaRDD<BatchRow> shards, PolicyRef policy, PolicyRef reference, List<SliceRange> ranges) {
    TokenLoss tokenLoss = loss;
    return shards
        .mapPartitionsToPair(rows -> parts(rows, policy, reference, tokenLoss, ranges).iterator())
        .partitionBy(new HashPartitioner(ranges.size()))
        .mapPartitionsWithIndex(
            (slice, parts) -> {
              List<Part> ofSlice = new ArrayList<>();
              parts.forEachRemaining(pair -> ofSlice.add(pair._2()));
              return List.of(sum(slice, ranges.get(slice), ofSlice)).iterator();
            },
            true);
  }

  private static List<Tuple2<Integer, Part>> parts(
      Iterator<BatchRow> rows,
      PolicyRef policy,
      PolicyRef reference,
      TokenLoss loss,
      List<SliceRange> ranges) {
    List<BatchRow> ofShard = new ArrayList<>();
    rows.forEachRemaining(ofShard::add);
    if (ofShard.isEmpty()) {
      return List.of();
    }
    int shard = ofShard.get(0).shard();
    try (SharedCache.Lease<Trainer> trainer =
            SharedCache.lease("trainer", Trainer.class, Trainer::new);
        SharedCache.Lease<Weights> weights = policy.weights();
        SharedCache.Lease<Weights> anchor = reference == null ? null : reference.weights();
        ShardGradient gradient =
            trainer
                .value()
                .gradient(
                    weights.value(),
                    anchor == null ? null : anchor.value(),
                    microBatches(ofShard),
                    loss)) {
      List<Tuple2<Integer, Part>> parts = new ArrayList<>();
      for (int slice = 0; slice < ranges.size(); slice++) {
        float[] values = new float[ranges.get(slice).length()];
        gradient.read(ranges.get(slice).from(), values);
        GradientStatistics statistics = slice == 0 ? gradient.statistics() : null;
        parts.add(new Tuple2<>(slice, new Part(shard, ofShard.size(), values, statistics)));
      }
      return parts;
    }
  }

  private static List<List<Sequence>> microBatches(List<BatchRow> rows) {
    rows.sort(Comparator.comparingInt(BatchRow::microBatch).thenComparingInt(BatchRow::row));
    SortedMap<Integer, List<Sequence>> microBatches = new TreeMap<>();
    for (BatchRow row : rows) {
      microBatches
          .computeIfAbsent(row.microBatch(), index -> new ArrayList<>())
          .add(
              new Sequence(
                  row.exampleId(),
                  row.sample(),
                  row.tokenIds(),
                  row.promptLength(),
                  row.coefs(),
                  row.tokenScale(),
                  row.samplerLogprobs()));
    }
    return List.copyOf(microBatches.values());
  }

  // A step without any row still runs, on a gradient of zero: moments decay as with any other.
  private static Sum sum(int slice, SliceRange range, List<Part> parts) {
    parts.sort(Comparator.comparingInt(Part::shard));
    float[] total = new float[range.length()];
    for (Part part : parts) {
      float[] gradient = part.gradient();
      for (int i = 0; i < total.length; i++) {
        total[i] += gradient[i];
      }
    }
    double squares = 0;
    for (float entry : total) {
      squares += (double) entry * entry;
    }
    GradientStatistics statistics =
        parts.stream()
            .map(Part::statistics)
            .filter(Objects::nonNull)
            .reduce(GradientStatistics.NONE, GradientStatistics::plus);
    long rows = parts.stream().mapToLong(Part::rows).sum();
    return new Sum(slice, rows, total, squares, slice == 0 ? statistics : null);
  }

  /**
   * How the next checkpoint is made from a summed gradient.
   *
   * @param folder where the slices go
   * @param step the step that is being made
   * @param number the update's number in the run, 1 for the first
   * @param learningRate learning rate
   * @param clipFactor what the gradient is multiplied by
   */
  private record Next(String folder, long step, long number, double learningRate, double clipFactor)
      implements Serializable {}

  private List<StoredFile> write(JavaRDD<Sum> sums, PolicyRef policy, Next next) {
    double beta1 = adam.beta1();
    double beta2 = adam.beta2();
    double epsilon = adam.epsilon();
    double decay = adam.weightDecay();
    List<StoredFile> files =
        new ArrayList<>(
            sums.map(
                    sum ->
                        write(sum, policy, next, new AdamWSettings(beta1, beta2, epsilon, decay)))
                .collect());
    files.sort(Comparator.comparing(StoredFile::name));
    return files;
  }

  private static StoredFile write(Sum sum, PolicyRef policy, Next next, AdamWSettings adam)
      throws IOException {
    Path source = new Path(policy.files().get(sum.slice()));
    FileSystem fileSystem = source.getFileSystem(policy.hadoop().value().value());
    CheckpointSlice old = CheckpointSlice.read(fileSystem, source);
    new AdamW(adam)
        .update(
            old.parameters(),
            sum.gradient(),
            old.firstMoment(),
            old.secondMoment(),
            next.clipFactor(),
            next.learningRate(),
            next.number());
    return new CheckpointSlice(
            old.range(),
            next.step(),
            next.number(),
            old.parameters(),
            old.firstMoment(),
            old.secondMoment())
        .write(fileSystem, new Path(next.folder(), source.getName()));
  }
}
