package dev.kindling.report;

import dev.kindling.row.MetricsRow;
import java.util.Arrays;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/**
 * One measure of one arm over its steps.
 *
 * @param steps step numbers, ascending
 * @param values one value a step; NaN where there is none, and infinities count as none
 */
record Series(long[] steps, double[] values) {

  /** A measure read from every row; null is no value. */
  static Series of(Arm arm, Function<MetricsRow, Double> measure) {
    return new Series(
        arm.metrics().stream().mapToLong(MetricsRow::step).toArray(),
        arm.metrics().stream().map(measure).mapToDouble(v -> v == null ? Double.NaN : v).toArray());
  }

  /** Whether the arm was ever evaluated on held-out examples. */
  static boolean evaluated(Arm arm) {
    return of(arm, MetricsRow::evalPassAt1).present();
  }

  /** pass@1 on the evaluation set or, for an arm never evaluated, the mean reward in training. */
  static Series outcome(Arm arm) {
    return evaluated(arm) ? of(arm, MetricsRow::evalPassAt1) : of(arm, MetricsRow::reward);
  }

  /** Whether there is any value. */
  boolean present() {
    return Arrays.stream(values).anyMatch(Double::isFinite);
  }

  /** The first value, NaN without one. */
  double first() {
    return Arrays.stream(values).filter(Double::isFinite).findFirst().orElse(Double.NaN);
  }

  /** The last value, NaN without one. */
  double last() {
    return Arrays.stream(values).filter(Double::isFinite).reduce(Double.NaN, (a, b) -> b);
  }

  /** The largest value, NaN without one. */
  double best() {
    return Arrays.stream(values).filter(Double::isFinite).max().orElse(Double.NaN);
  }

  /** The first step that reached the largest value, 0 without a value. */
  long bestStep() {
    double best = best();
    for (int i = 0; i < values.length; i++) {
      if (values[i] == best) {
        return steps[i];
      }
    }
    return 0;
  }

  /** The first and the last value, {@link Numbers#NONE} without a value. */
  String span(DoubleFunction<String> format) {
    return present() ? format.apply(first()) + " → " + format.apply(last()) : Numbers.NONE;
  }
}
