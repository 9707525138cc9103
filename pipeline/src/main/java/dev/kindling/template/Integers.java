package dev.kindling.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** Python's integers: a {@link Long} where 64 bits are enough, else a {@link BigInteger}. */
final class Integers {
  private Integers() {}

  /** Whether a value is an integer; truth values are 1 and 0. */
  static boolean is(Object value) {
    return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
  }

  static Object of(BigInteger value) {
    if (value.bitLength() > Budget.MOST_BITS) {
      throw tooLarge();
    }
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  /** The integer that a float has before its point. */
  static Object of(double value) {
    if (Double.isInfinite(value)) {
      throw tooLarge();
    }
    return Double.isNaN(value) ? (Object) 0L : of(new BigDecimal(value).toBigInteger());
  }

  /**
   * The integer that digits stand for.
   *
   * @throws NumberFormatException when they stand for none
   */
  static Object parse(String digits, int base) {
    if (digits.length() > Budget.MOST_BITS) { // reading takes a time that grows with the square
      throw digits.chars().allMatch(Character::isDigit)
          ? tooLarge()
          : new NumberFormatException("Too long to be read");
    }
    return of(new BigInteger(digits, base));
  }

  static BigInteger big(Object value) {
    return value instanceof BigInteger big ? big : BigInteger.valueOf(toLong(value));
  }

  /** The part of a number before its point; the nearest of 64 bits where it needs more. */
  static long toLong(Object number) {
    if (number instanceof BigInteger big) {
      return big.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return number instanceof Boolean flag ? (flag ? 1 : 0) : ((Number) number).longValue();
  }

  static int compare(Object left, double right) {
    if (Double.isNaN(right) || Double.isInfinite(right)) {
      return right < 0 ? 1 : -1;
    }
    return new BigDecimal(big(left)).compareTo(new BigDecimal(right));
  }

  /** Any operation but {@code /}; what divides is not 0, and no power is negative. */
  static Object binary(Budget budget, String operator, BigInteger a, BigInteger b) {
    BigInteger result =
        switch (operator) {
          case "+" -> a.add(b);
          case "-" -> a.subtract(b);
          case "*" -> a.multiply(b);
          case "//" -> a.subtract(modulo(a, b)).divide(b);
          case "%" -> modulo(a, b);
          default -> power(a, b);
        };
    budget.charge((a.bitLength() + result.bitLength()) / Byte.SIZE);
    return of(result);
  }

  /** The rest of a division whose quotient is rounded down, with the sign of the divisor. */
  private static BigInteger modulo(BigInteger a, BigInteger b) {
    BigInteger rest = a.remainder(b);
    return rest.signum() * b.signum() < 0 ? rest.add(b) : rest;
  }

  private static BigInteger power(BigInteger a, BigInteger b) {
    int bits = a.abs().bitLength();
    if (bits <= 1) { // -1, 0 and 1 never grow
      return a.pow(b.signum() == 0 ? 0 : b.testBit(0) ? 1 : 2);
    }
    if (b.bitLength() >= Integer.SIZE || b.longValue() * (bits - 1) > Budget.MOST_BITS) {
      throw tooLarge();
    }
    return a.pow(b.intValue());
  }

  /** {@code a / b}, a float. */
  static double quotient(BigInteger a, BigInteger b) {
    if (a.bitLength() <= 53 && b.bitLength() <= 53) { // both are floats
      return a.doubleValue() / b.doubleValue();
    }
    double quotient =
        new BigDecimal(a).divide(new BigDecimal(b), MathContext.DECIMAL128).doubleValue();
    if (Double.isInfinite(quotient)) {
      throw new TemplateFault("computes a float that is too large for one");
    }
    return quotient;
  }

  private static TemplateFault tooLarge() {
    return new TemplateFault("has an integer of more than " + Budget.MOST_BITS + " bits");
  }
}
