package dev.kindling.bench;

import dev.kindling.check.Check;
import java.util.List;

/**
 * Repeated measurements of one thing.
 *
 * @param median the middle one; the mean of both where two are in the middle
 * @param least the smallest
 * @param most the largest
 */
public record Spread(double median, double least, double most) {
  /** The spread of at least one value. */
  public static Spread of(List<Double> values) {
    new Check().that(!values.isEmpty(), "repeats", values.size(), "must be >= 1").done();
    List<Double> sorted = values.stream().sorted().toList();
    int last = sorted.size() - 1;
    return new Spread(
        (sorted.get(last / 2) + sorted.get((last + 1) / 2)) / 2, sorted.get(0), sorted.get(last));
  }

  /** The larger distance of an extreme from the median, as a share of the median. */
  public double noise() {
    return Math.max(most - median, median - least) / median;
  }
}
