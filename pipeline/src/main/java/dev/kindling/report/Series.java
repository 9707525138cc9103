package dev.kindling.report;

import dev.kindling.row.EvaluationRow;
import dev.kindling.row.MetricsRow;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/**
 * One measure of one arm over its steps.
 *
 * @param steps step numbers, ascending
 * @param values one value a step; NaN where there is none, and infinities count as none
 * @param low lower ends of the values' intervals; empty where they have none
 * @param high upper ends, likewise
 */
record Series(long[] steps, double[] values, double[] low, double[] high) {
  private static final double[] NO_INTERVALS = {};
  private static final String PASS_AT_1 = "pass@1";

  /** A measure without intervals. */
  Series(long[] steps, double[] values) {
    this(steps, values, NO_INTERVALS, NO_INTERVALS);
  }

  /** A measure read from every row; null is no value. */
  static Series of(Arm arm, Function<MetricsRow, Double> measure) {
    return new Series(
        arm.metrics().stream().mapToLong(MetricsRow::step).toArray(),
        numbers(arm.metrics(), measure));
  }

  /** A figure of an evaluation set over all its examples, with its intervals. */
  static Series of(Arm arm, String set, String figure) {
    List<EvaluationRow> rows =
        arm.evaluations().stream()
            .filter(row -> row.set().equals(set) && row.level().isEmpty())
            .filter(row -> row.name().equals(figure))
            .toList();
    return new Series(
        rows.stream().mapToLong(EvaluationRow::step).toArray(),
        numbers(rows, EvaluationRow::value),
        numbers(rows, EvaluationRow::low),
        numbers(rows, EvaluationRow::high));
  }

  private static <T> double[] numbers(List<T> rows, Function<T, Double> number) {
    return rows.stream().map(number).mapToDouble(v -> v == null ? Double.NaN : v).toArray();
  }

  /** Whether the arm was ever evaluated on held-out examples. */
  static boolean evaluated(Arm arm) {
    return !arm.evaluations().isEmpty() && evaluation(arm).present();
  }

  private static Series evaluation(Arm arm) {
    return of(arm, arm.evaluations().get(0).set(), PASS_AT_1);
  }

  /**
   * pass@1 on the first evaluation set, from the policy that the run began with on, or, for an arm
   * never evaluated, the mean reward in training.
   */
  static Series outcome(Arm arm) {
    return evaluated(arm) ? evaluation(arm) : of(arm, MetricsRow::reward);
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

  /** The first step that reached the largest value, as text; {@link Numbers#NONE} without one. */
  String bestStep() {
    double best = best();
    for (int i = 0; i < values.length; i++) {
      if (values[i] == best) {
        return Long.toString(steps[i]);
      }
    }
    return Numbers.NONE;
  }

  /** The first and the last value, {@link Numbers#NONE} without a value. */
  String span(DoubleFunction<String> format) {
    return present() ? format.apply(first()) + " → " + format.apply(last()) : Numbers.NONE;
  }
}
