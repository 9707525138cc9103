package dev.kindling.stage;

import dev.kindling.engine.model.CounterRandom;
import java.util.Arrays;
import java.util.List;

/**
 * Means over examples with 95 % intervals by the percentile bootstrap (Efron 1979): the examples
 * are drawn anew with replacement, {@value #RESAMPLES} times, and the interval spans from the 2.5 %
 * to the 97.5 % quantile of the means. It tells how far another choice of examples would move a
 * figure; what another seed of the samples would move is not in it, but for what it does to the
 * examples.
 */
final class Bootstrap {
  /** Resamples; a quantile of 2.5 % is the 50th of them. */
  static final int RESAMPLES = 2000;

  // In thousandths, so that ranks are exact.
  private static final int LOW = 25;
  private static final int HIGH = 975;

  private Bootstrap() {}

  /**
   * A mean with its interval; all NaN where no example has a value.
   *
   * @param examples number of examples that have a value
   */
  record Interval(double mean, double low, double high, long examples) {}

  /**
   * Means of several figures, from the same resamples.
   *
   * @param examples each with a value a figure, NaN where it has none; their order, which must be
   *     fixed, decides what the resamples draw
   * @param figures number of figures
   * @param seed of the draws
   */
  static Interval[] of(List<double[]> examples, int figures, long seed) {
    double[][] means = new double[figures][RESAMPLES];
    int count = examples.size();
    CounterRandom random = CounterRandom.of(seed, "bootstrap");
    for (int resample = 0; resample < RESAMPLES; resample++) {
      double[][] drawn = new double[count][];
      for (int i = 0; i < count; i++) {
        long bits = random.bits((long) resample * count + i) >>> 32;
        drawn[i] = examples.get((int) ((bits * count) >>> 32));
      }
      for (int figure = 0; figure < figures; figure++) {
        means[figure][resample] = mean(Arrays.asList(drawn), figure).mean();
      }
    }
    Interval[] intervals = new Interval[figures];
    for (int figure = 0; figure < figures; figure++) {
      Interval mean = mean(examples, figure);
      // A resample may have drawn no example with a value.
      double[] sorted =
          Arrays.stream(means[figure]).filter(x -> !Double.isNaN(x)).sorted().toArray();
      intervals[figure] =
          new Interval(mean.mean(), quantile(sorted, LOW), quantile(sorted, HIGH), mean.examples());
    }
    return intervals;
  }

  private static Interval mean(List<double[]> examples, int figure) {
    double sum = 0;
    long count = 0;
    for (double[] example : examples) {
      if (!Double.isNaN(example[figure])) {
        sum += example[figure];
        count++;
      }
    }
    return new Interval(count == 0 ? Double.NaN : sum / count, Double.NaN, Double.NaN, count);
  }

  /** The smallest value that has these thousandths of all at or below it. */
  private static double quantile(double[] sorted, int thousandths) {
    return sorted.length == 0 ? Double.NaN : sorted[(sorted.length * thousandths + 999) / 1000 - 1];
  }
}
