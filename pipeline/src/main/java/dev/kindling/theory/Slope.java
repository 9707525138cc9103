package dev.kindling.theory;

import dev.kindling.check.Check;

/** A straight line through points, by least squares. */
final class Slope {
  private Slope() {}

  /**
   * How much y rises where x rises by 1.
   *
   * @param x at least two different numbers
   * @param y as many
   */
  static double of(double[] x, double[] y) {
    new Check()
        .that(x.length == y.length && x.length >= 2, "points", y.length, "must be 2 or more pairs")
        .done();
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < x.length; i++) {
      meanX += x[i] / x.length;
      meanY += y[i] / x.length;
    }
    double products = 0;
    double squares = 0;
    for (int i = 0; i < x.length; i++) {
      products += (x[i] - meanX) * (y[i] - meanY);
      squares += (x[i] - meanX) * (x[i] - meanX);
    }
    return products / squares;
  }
}
