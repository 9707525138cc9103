package dev.kindling.theory;

import java.util.Arrays;

/**
 * Escape times at one q.
 *
 * @param q exponent of the amplification
 * @param exact with the exact gradient, one for each of {@link #STARTS}
 * @param drawn with drawn groups, likewise
 */
public record EscapeTimes(double q, double[] exact, double[] drawn) {
  /** Probabilities of the right answer at the start. */
  static final double[] STARTS = {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};

  /** The first start that a fit takes: laws of small probabilities do not hold of large ones. */
  private static final int FIRST_FITTED = 2;

  /**
   * The power of p₀ that times grow with, over the starts from 1e-3 down.
   *
   * @param times one for each start
   */
  static double exponent(double[] times) {
    return Slope.of(logs(small(STARTS)), logs(small(times)));
  }

  /** The rise of times for a rise of ln(1/p₀) by 1, over the same starts. */
  static double riseWithLog(double[] times) {
    return -Slope.of(logs(small(STARTS)), small(times));
  }

  private static double[] small(double[] ofStarts) {
    return Arrays.copyOfRange(ofStarts, FIRST_FITTED, ofStarts.length);
  }

  private static double[] logs(double[] values) {
    return Arrays.stream(values).map(Math::log).toArray();
  }

  /** The largest distance of an exact time from the integral of gradient flow, as a share of it. */
  double distanceFromIntegral() {
    double largest = 0;
    for (int i = 0; i < STARTS.length; i++) {
      double integral = Escape.integral(STARTS[i], q);
      largest = Math.max(largest, Math.abs(exact[i] / integral - 1));
    }
    return largest;
  }
}
