package dev.kindling.engine.train;

import dev.kindling.engine.model.Weights;

/**
 * Gradient of the loss of one shard, addressable as a flat vector in the order of {@link
 * dev.kindling.engine.model.ParameterLayout}, and what it was made of. It holds as much native
 * memory as the model until it is closed.
 */
public final class ShardGradient implements AutoCloseable {
  private final Weights sums;
  private final GradientStatistics statistics;

  ShardGradient(Weights sums, GradientStatistics statistics) {
    this.sums = sums;
    this.statistics = statistics;
  }

  /** Number of elements. */
  public long size() {
    return sums.layout().size();
  }

  /**
   * Reads {@code out.length} elements of the flat gradient.
   *
   * @param offset index of the first, in [0, size() - out.length]
   */
  public void read(long offset, float[] out) {
    sums.read(offset, out);
  }

  /** What the gradient was made of. */
  public GradientStatistics statistics() {
    return statistics;
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    sums.close();
  }
}
