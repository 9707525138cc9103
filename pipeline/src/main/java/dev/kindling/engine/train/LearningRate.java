package dev.kindling.engine.train;

import dev.kindling.check.Check;

/**
 * Learning rate of each update: it climbs linearly over the warm-up, then follows its shape from
 * the peak to the floor, which it reaches at the last update.
 *
 * @param shape course after the warm-up
 * @param peak rate at the end of the warm-up, positive
 * @param warmup updates of the warm-up, in [0, updates); update number {@code warmup} is the first
 *     at the peak
 * @param updates updates of the whole run, at least 1
 * @param floorShare share of the peak that is left at the last update, in [0, 1]; not used by
 *     {@link Shape#CONSTANT}
 */
public record LearningRate(Shape shape, double peak, long warmup, long updates, double floorShare) {
  /** Course of the rate after the warm-up. */
  public enum Shape {
    /** The peak throughout. */
    CONSTANT,
    /** A straight line from the peak to the floor. */
    LINEAR,
    /** Half a period of the cosine from the peak to the floor (arXiv:1608.03983). */
    COSINE
  }

  /** Refuses values outside of the ranges. */
  public LearningRate {
    new Check()
        .that(peak > 0 && Double.isFinite(peak), "learning_rate.peak", peak, "must be positive")
        .that(updates >= 1, "learning_rate.updates", updates, "must be >= 1")
        .that(
            warmup >= 0 && warmup < updates,
            "learning_rate.warmup",
            warmup,
            "must be in [0, learning_rate.updates = " + updates + ")")
        .that(
            floorShare >= 0 && floorShare <= 1,
            "learning_rate.floor_share",
            floorShare,
            "must be in [0, 1]")
        .done();
  }

  /**
   * The rate of an update.
   *
   * @param update number of the update, 1 for the first; beyond the last the rate stays
   */
  public double at(long update) {
    if (update < 1) {
      throw new IllegalArgumentException("update " + update + " (must be >= 1)");
    }
    if (update < warmup) {
      return peak * update / warmup;
    }
    long first = Math.max(1, warmup);
    double progress =
        updates == first ? 0 : Math.min(1, (double) (update - first) / (updates - first));
    double floor = peak * floorShare;
    return switch (shape) {
      case CONSTANT -> peak;
      case LINEAR -> floor + (peak - floor) * (1 - progress);
      case COSINE -> floor + (peak - floor) * (1 + StrictMath.cos(StrictMath.PI * progress)) / 2;
    };
  }
}
