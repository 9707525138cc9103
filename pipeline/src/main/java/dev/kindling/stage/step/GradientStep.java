package dev.kindling.stage.step;

import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.train.GradientStatistics;
import dev.kindling.engine.train.Optimizer;
import dev.kindling.engine.train.SequenceId;
import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.SliceRange;
import dev.kindling.io.StoredFile;
import dev.kindling.objective.SequenceLoss;
import dev.kindling.row.StepRow;
import dev.kindling.stage.PolicyRef;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/**
 * 5-batches × checkpoint t → checkpoint t+1: the synchronised gradient step as a Spark job.
 *
 * <p>Map tasks compute the gradient of one shard each and emit it as slices of the flat parameter
 * vector; a reduce task per slice adds the shards in shard order; when the driver knows the global
 * norm, the same tasks run the optimizer on their slice and write it. Tasks are pure functions of
 * their input, so retries and speculation are harmless; shards and slices are settings of the run,
 * so the bytes do not depend on the cluster.
 *
 * @param loss what the trainer differentiates
 * @param optimizer makes the new parameters of a slice
 * @param clipNorm largest global L2 norm of the gradient, larger ones are scaled down to it; 0 is
 *     off
 * @param gate bound on sampler↔trainer mismatch, held before the first update of a step
 * @param slices number of slices of the parameter vector
 * @param keptBytes most bytes of a micro-batch's activations that a task keeps for its backward
 *     pass
 * @param seed the run's seed, for regularisers that draw
 */
public record GradientStep(
    SequenceLoss loss,
    Optimizer optimizer,
    double clipNorm,
    MismatchGate gate,
    int slices,
    long keptBytes,
    long seed) {
  /** What Spark's UI and listeners call the gradients of an update's shards. */
  public static final String GRADIENTS = "gradients of shards";

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
      List<StoredFile> files) {
    /**
     * The update as a row of 6-step.
     *
     * @param update which update of the step, 0-based
     * @param seconds wall time of the update
     */
    public StepRow row(long step, int update, double learningRate, double seconds) {
      double tokens = Math.max(1, statistics.tokens());
      return new StepRow(
          step,
          update,
          statistics.loss(),
          gradNorm,
          gradNorm * clipFactor,
          learningRate,
          statistics.clippedTokens() / tokens,
          statistics.entropy() / tokens,
          statistics.referenceK3() / tokens,
          statistics.k1() / tokens,
          statistics.k3() / tokens,
          statistics.maxMismatch(),
          rows,
          statistics.tokens(),
          statistics.computedTokens(),
          seconds);
    }
  }

  /**
   * Runs one gradient update.
   *
   * @param batches the step's shards
   * @param update which update of the step, 0-based
   * @param step the step that is being made
   * @param policies the policy to update, and those that the loss needs
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
      TrainingPolicies policies,
      Path folder,
      long number,
      double learningRate) {
    PolicyRef policy = policies.trained();
    Broadcast<Map<SequenceId, double[][]>> marks =
        new BatchMarks(policies, loss, keptBytes, seed).of(batches.of(update), step);
    List<SliceRange> ranges = SliceRange.split(ParameterLayout.of(policy.model()).size(), slices);
    JavaRDD<GradientSlices.Sum> sums =
        new GradientSlices(policies, loss, marks, keptBytes, ranges).sums(batches.of(update));
    sums.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      List<GradientSlices.Head> heads = sums.map(GradientSlices.Sum::head).collect();
      GradientStatistics statistics = heads.get(0).made().statistics();
      double norm = Math.sqrt(heads.stream().mapToDouble(GradientSlices.Head::squares).sum());
      FiniteGuard.check(statistics, norm, step);
      if (update == 0) {
        gate.check(statistics);
      }
      double clip = clipNorm == 0 ? 1.0 : Optimizer.clipFactor(norm, clipNorm);
      List<StoredFile> files =
          write(sums, policy, new Next(folder.toString(), step, number, learningRate, clip));
      return new Update(heads.get(0).made().rows(), statistics, norm, clip, files);
    } finally {
      sums.unpersist();
      marks.destroy();
    }
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

  private List<StoredFile> write(JavaRDD<GradientSlices.Sum> sums, PolicyRef policy, Next next) {
    Optimizer rule = optimizer;
    List<StoredFile> files =
        new ArrayList<>(sums.map(sum -> write(sum, policy, next, rule)).collect());
    files.sort(Comparator.comparing(StoredFile::name));
    return files;
  }

  private static StoredFile write(
      GradientSlices.Sum sum, PolicyRef policy, Next next, Optimizer optimizer) throws IOException {
    Path source = new Path(policy.files().get(sum.head().slice()));
    FileSystem fileSystem = source.getFileSystem(policy.hadoop().value().value());
    CheckpointSlice old = CheckpointSlice.read(fileSystem, source);
    optimizer.update(
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
