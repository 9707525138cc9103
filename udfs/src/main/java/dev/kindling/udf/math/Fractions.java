package dev.kindling.udf.math;

import java.math.BigInteger;
import java.util.Optional;

/** Simple fractions near a number. */
final class Fractions {
  private static final long LARGEST = 1_000_000;
  private static final double CLOSE = 1e-9;

  private Fractions() {}

  /** The first continued fraction that is a number to nine digits; empty if none is that simple. */
  static Optional<Rational> near(double number) {
    double rest = Math.abs(number);
    long over = 1;
    long under = 0;
    long lastOver = 0;
    long lastUnder = 1;
    while (true) {
      double whole = Math.floor(rest);
      if (whole > LARGEST) {
        return Optional.empty();
      }
      long nextOver = ((long) whole) * over + lastOver;
      long nextUnder = ((long) whole) * under + lastUnder;
      if (nextOver > LARGEST || nextUnder > LARGEST) {
        return Optional.empty();
      }
      lastOver = over;
      lastUnder = under;
      over = nextOver;
      under = nextUnder;
      if (under != 0
          && Math.abs((double) over / under - Math.abs(number)) <= CLOSE * Math.abs(number)) {
        BigInteger sign = BigInteger.valueOf((long) Math.signum(number));
        return Optional.of(
            new Rational(BigInteger.valueOf(over).multiply(sign), BigInteger.valueOf(under)));
      }
      rest = 1 / (rest - whole);
    }
  }
}
