package dev.kindling.stage.step;

import dev.kindling.engine.train.GradientStatistics;
import dev.kindling.engine.train.SequenceId;
import dev.kindling.engine.train.ShardGradient;
import dev.kindling.io.SliceRange;
import dev.kindling.objective.SequenceLoss;
import dev.kindling.row.BatchRow;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * The gradients of shards, summed over shards in shard order, slice by slice of the flat parameter
 * vector. A slice travels in chunks: a map task reads one at a time out of its gradient, and a
 * reduce task, which gets them in order of chunk and shard, holds its sum and one chunk. (Spark
 * sorts them, on disk where its memory for shuffles is short.)
 *
 * @param policies the policy being trained, and those that the loss needs
 * @param loss what is differentiated
 * @param marks what its batch-wide regularisers say of each sequence's tokens
 * @param keptBytes most bytes of a micro-batch's activations that are kept for its backward pass
 * @param ranges the slices
 */
record GradientSlices(
    TrainingPolicies policies,
    SequenceLoss loss,
    Broadcast<Map<SequenceId, double[][]>> marks,
    long keptBytes,
    List<SliceRange> ranges)
    implements Serializable {
  /** Elements of a chunk, 4 MiB: large enough to copy at speed, small enough to hold a few. */
  private static final int CHUNK = 1 << 20;

  /**
   * What a gradient was made of.
   *
   * @param rows training sequences
   * @param statistics sums over their trained tokens
   */
  record Made(long rows, GradientStatistics statistics) implements Serializable {
    private static final Made NOTHING = new Made(0, GradientStatistics.NONE);

    private Made plus(Made other) {
      return new Made(rows + other.rows, statistics.plus(other.statistics));
    }
  }

  /**
   * The part of a {@link Sum} that the driver needs.
   *
   * @param slice which slice
   * @param squares sum of squared entries, in float64
   * @param made what all shards were made of; of nothing except on slice 0, so that it counts once
   */
  record Head(int slice, double squares, Made made) implements Serializable {}

  /**
   * The gradient on one slice, summed over shards.
   *
   * @param head everything but the entries
   * @param gradient the entries
   */
  record Sum(Head head, float[] gradient) implements Serializable {}

  /**
   * Place of a part in the order of summation.
   *
   * @param slice which slice
   * @param chunk which chunk of the slice
   * @param shard which shard
   */
  private record Key(int slice, int chunk, int shard) implements Serializable {}

  /**
   * One shard's gradient on one chunk of a slice.
   *
   * @param gradient the entries
   * @param made what the shard was made of; null except on the first chunk of slice 0
   */
  private record Part(float[] gradient, Made made) implements Serializable {}

  /** Sends a part to the partition of its slice. */
  private static final class BySlice extends Partitioner {
    private static final long serialVersionUID = 1;

    private final int slices;

    BySlice(int slices) {
      this.slices = slices;
    }

    @Override
    public int numPartitions() {
      return slices;
    }

    @Override
    public int getPartition(Object key) {
      return ((Key) key).slice();
    }
  }

  /** Orders the parts of a slice. */
  private static final class InOrder implements Comparator<Key>, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public int compare(Key a, Key b) {
      int byChunk = Integer.compare(a.chunk(), b.chunk());
      return byChunk == 0 ? Integer.compare(a.shard(), b.shard()) : byChunk;
    }
  }

  /**
   * The summed gradient.
   *
   * @param shards training sequences, one partition a shard
   * @return one partition and one element a slice, in order
   */
  JavaRDD<Sum> sums(JavaRDD<BatchRow> shards) {
    return shards
        .mapPartitionsToPair(this::parts)
        .setName(GradientStep.GRADIENTS)
        .repartitionAndSortWithinPartitions(new BySlice(ranges.size()), new InOrder())
        .mapPartitionsWithIndex((slice, parts) -> List.of(sum(slice, parts)).iterator(), true);
  }

  private Iterator<Tuple2<Key, Part>> parts(Iterator<BatchRow> rows) {
    List<BatchRow> ofShard = new ArrayList<>();
    rows.forEachRemaining(ofShard::add);
    if (ofShard.isEmpty()) {
      return List.<Tuple2<Key, Part>>of().iterator();
    }
    int shard = ofShard.get(0).shard();
    ShardGradient gradient = gradient(ofShard);
    // Its parts are read while Spark writes them, after this method.
    TaskCompletionListener close = task -> gradient.close();
    TaskContext.get().addTaskCompletionListener(close);
    Made made = new Made(ofShard.size(), gradient.statistics());
    return keys(shard).stream().map(key -> new Tuple2<>(key, part(key, gradient, made))).iterator();
  }

  private ShardGradient gradient(List<BatchRow> rows) {
    return policies.with(
        loss.needsSampler(),
        keptBytes,
        (trainer, loaded) ->
            trainer.gradient(loaded, ShardSequences.microBatches(rows, marks.value()), loss));
  }

  /** The keys of a shard's parts, in order. */
  private List<Key> keys(int shard) {
    List<Key> keys = new ArrayList<>();
    for (int slice = 0; slice < ranges.size(); slice++) {
      for (int chunk = 0; (long) chunk * CHUNK < ranges.get(slice).length(); chunk++) {
        keys.add(new Key(slice, chunk, shard));
      }
    }
    return keys;
  }

  private Part part(Key key, ShardGradient gradient, Made made) {
    SliceRange range = ranges.get(key.slice());
    int start = key.chunk() * CHUNK;
    float[] values = new float[Math.min(CHUNK, range.length() - start)];
    gradient.read(range.from() + start, values);
    return new Part(values, key.slice() == 0 && key.chunk() == 0 ? made : null);
  }

  // A step without any row still runs, on a gradient of zero: moments decay as with any other.
  private Sum sum(int slice, Iterator<Tuple2<Key, Part>> parts) {
    float[] total = new float[ranges.get(slice).length()];
    Made made = Made.NOTHING;
    while (parts.hasNext()) {
      Tuple2<Key, Part> next = parts.next();
      float[] gradient = next._2().gradient();
      int start = next._1().chunk() * CHUNK;
      for (int i = 0; i < gradient.length; i++) {
        total[start + i] += gradient[i];
      }
      made = next._2().made() == null ? made : made.plus(next._2().made());
    }
    double squares = 0;
    for (float entry : total) {
      squares += (double) entry * entry;
    }
    return new Sum(new Head(slice, squares, made), total);
  }
}
