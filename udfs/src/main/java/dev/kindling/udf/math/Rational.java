package dev.kindling.udf.math;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * An exact number, in lowest terms.
 *
 * @param over numerator
 * @param under denominator, positive
 */
record Rational(BigInteger over, BigInteger under) implements Comparable<Rational> {
  static final Rational ONE = of(1);
  static final Rational MINUS_ONE = of(-1);

  /** Longest numerator or denominator that is computed, in bits: about 6,000 digits. */
  private static final int MOST_BITS = 20_000;

  static Rational of(long value) {
    return new Rational(BigInteger.valueOf(value), BigInteger.ONE);
  }

  /** A decimal, exactly. */
  static Rational of(BigDecimal value) {
    return value.scale() <= 0
        ? new Rational(value.toBigIntegerExact(), BigInteger.ONE)
        : reduced(value.unscaledValue(), BigInteger.TEN.pow(value.scale()));
  }

  private static Rational reduced(BigInteger over, BigInteger under) {
    BigInteger common = over.gcd(under);
    BigInteger sign = BigInteger.valueOf(under.signum());
    return new Rational(over.multiply(sign).divide(common), under.abs().divide(common));
  }

  Rational plus(Rational other) {
    return reduced(
        over.multiply(other.under).add(other.over.multiply(under)), under.multiply(other.under));
  }

  Rational times(Rational other) {
    return reduced(over.multiply(other.over), under.multiply(other.under));
  }

  /** This over another; empty for a division by zero. */
  Optional<Rational> dividedBy(Rational other) {
    return other.isZero()
        ? Optional.empty()
        : Optional.of(reduced(over.multiply(other.under), under.multiply(other.over)));
  }

  /** This to the power of an integer; empty where that is undefined or longer than is computed. */
  Optional<Rational> power(Rational exponent) {
    if (!exponent.isInteger() || exponent.over.bitLength() > 31) {
      return Optional.empty();
    }
    int n = exponent.over.intValueExact();
    if ((n < 0 && isZero()) || (long) size() * Math.abs((long) n) > MOST_BITS) {
      return Optional.empty();
    }
    Rational power = new Rational(over.pow(Math.abs(n)), under.pow(Math.abs(n)));
    return n < 0 ? ONE.dividedBy(power) : Optional.of(power);
  }

  /** Whether further arithmetic with this is cheap. */
  boolean isShort() {
    return size() <= MOST_BITS;
  }

  private int size() {
    return Math.max(over.bitLength(), under.bitLength());
  }

  boolean isZero() {
    return over.signum() == 0;
  }

  boolean isInteger() {
    return under.equals(BigInteger.ONE);
  }

  Rational abs() {
    return new Rational(over.abs(), under);
  }

  /** The nearest double, infinite where there is none. */
  double toDouble() {
    int shift = under.bitLength() - over.bitLength() + 128;
    BigInteger scaled = shift >= 0 ? over.shiftLeft(shift) : over.shiftRight(-shift);
    return Math.scalb(scaled.divide(under).doubleValue(), -Math.max(-3000, Math.min(3000, shift)));
  }

  @Override
  public int compareTo(Rational other) {
    return over.multiply(other.under).compareTo(other.over.multiply(under));
  }

  @Override
  public String toString() {
    return isInteger() ? over.toString() : over + "/" + under;
  }
}
