package dev.kindling.udf.math;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** The exact value of an expression, where it is rational and not too long to write. */
final class Exact {
  private static final int LARGEST_FACTORIAL = 1000;

  private Exact() {}

  /** The value; empty for one that has variables, is irrational, undefined or too long. */
  static Optional<Rational> value(Expr expr) {
    if (expr instanceof Expr.Num num) {
      return Optional.of(num.value());
    }
    if (expr instanceof Expr.Sum sum) {
      return fold(sum.terms(), Rational::plus);
    }
    if (expr instanceof Expr.Product product) {
      return fold(product.factors(), Rational::times);
    }
    if (expr instanceof Expr.Quotient quotient) {
      return value(quotient.over())
          .flatMap(over -> value(quotient.under()).flatMap(over::dividedBy));
    }
    if (expr instanceof Expr.Power power) {
      return value(power.base())
          .flatMap(base -> value(power.exponent()).flatMap(exponent -> power(base, exponent)));
    }
    if (expr instanceof Expr.Call call) {
      return call(call);
    }
    return Optional.empty();
  }

  private static Optional<Rational> fold(List<Expr> parts, BinaryOperator<Rational> step) {
    Rational result = null;
    for (Expr part : parts) {
      Optional<Rational> value = value(part);
      if (value.isEmpty()) {
        return value;
      }
      result = result == null ? value.get() : step.apply(result, value.get());
      if (!result.isShort()) {
        return Optional.empty();
      }
    }
    return Optional.of(result);
  }

  private static Optional<Rational> power(Rational base, Rational exponent) {
    if (exponent.isInteger()) {
      return base.power(exponent);
    }
    // Roots of squares, which are most of the roots that have a rational value.
    if (exponent.equals(new Rational(BigInteger.ONE, BigInteger.TWO))
        && base.over().signum() >= 0) {
      BigInteger over = base.over().sqrt();
      BigInteger under = base.under().sqrt();
      Rational root = new Rational(over, under);
      return root.times(root).equals(base) ? Optional.of(root) : Optional.empty();
    }
    return Optional.empty();
  }

  private static Optional<Rational> call(Expr.Call call) {
    Optional<Rational> argument = value(call.arguments().get(0));
    if (argument.isEmpty()) {
      return argument;
    }
    Rational x = argument.get();
    return switch (call.name()) {
      case "abs" -> Optional.of(x.abs());
      case "floor" -> Optional.of(floor(x));
      case "ceil" -> Optional.of(floor(x.times(Rational.MINUS_ONE)).times(Rational.MINUS_ONE));
      case "factorial" ->
          isCount(x) ? Optional.of(product(1, x.over().intValue())) : Optional.empty();
      case "binomial" -> value(call.arguments().get(1)).flatMap(k -> binomial(x, k));
      default -> Optional.empty();
    };
  }

  private static Rational floor(Rational x) {
    BigInteger[] parts = x.over().divideAndRemainder(x.under());
    boolean below = parts[1].signum() < 0;
    return new Rational(below ? parts[0].subtract(BigInteger.ONE) : parts[0], BigInteger.ONE);
  }

  private static boolean isCount(Rational x) {
    return x.isInteger()
        && x.over().signum() >= 0
        && x.over().compareTo(BigInteger.valueOf(LARGEST_FACTORIAL)) <= 0;
  }

  private static Optional<Rational> binomial(Rational n, Rational k) {
    if (!isCount(n) || !isCount(k)) {
      return Optional.empty();
    }
    int all = n.over().intValue();
    int some = k.over().intValue();
    return some > all
        ? Optional.of(Rational.of(0))
        : product(all - some + 1, all).dividedBy(product(1, some));
  }

  private static Rational product(int from, int to) {
    BigInteger product = BigInteger.ONE;
    for (int i = from; i <= to; i++) {
      product = product.multiply(BigInteger.valueOf(i));
    }
    return new Rational(product, BigInteger.ONE);
  }
}
