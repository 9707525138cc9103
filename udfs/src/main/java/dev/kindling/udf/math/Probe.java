package dev.kindling.udf.math;

import java.util.List;
import java.util.function.BinaryOperator;

/**
 * Values of an expression in double precision, its variables at fixed places: two expressions whose
 * values differ are not equal, and need no algebra.
 */
final class Probe {
  /** Sets of places that are tried. */
  static final int PLACES = 3;

  private static final Complex HALF_TURN = new Complex(Math.PI / 2, 0);

  private Probe() {}

  /**
   * The value at one of the sets of places, which are positive and depend on the names alone.
   *
   * @return a number that is not finite where the expression has no value in double precision
   */
  static Complex at(Expr expr, int place) {
    if (expr instanceof Expr.Num num) {
      return new Complex(num.value().toDouble(), 0);
    }
    if (expr instanceof Expr.Sym symbol) {
      return symbol(symbol, place);
    }
    if (expr instanceof Expr.Sum sum) {
      return fold(sum.terms(), place, Complex::plus);
    }
    if (expr instanceof Expr.Product product) {
      return fold(product.factors(), place, Complex::times);
    }
    if (expr instanceof Expr.Quotient quotient) {
      return at(quotient.over(), place).over(at(quotient.under(), place));
    }
    if (expr instanceof Expr.Power power) {
      return at(power.base(), place).power(at(power.exponent(), place));
    }
    if (expr instanceof Expr.Call call) {
      return call(call.name(), at(call.arguments().get(0), place), call, place);
    }
    // A matrix, or a number in another base.
    return nothing();
  }

  private static Complex nothing() {
    return new Complex(Double.NaN, 0);
  }

  private static Complex fold(List<Expr> parts, int place, BinaryOperator<Complex> step) {
    return parts.stream().map(part -> at(part, place)).reduce(step).orElseThrow();
  }

  private static Complex symbol(Expr.Sym symbol, int place) {
    return switch (symbol.name()) {
      case "pi" -> new Complex(Math.PI, 0);
      case "e" -> new Complex(Math.E, 0);
      case "i" -> Complex.I;
      case "infinity" -> nothing();
      default -> {
        // No two symbols may move alike from place to place: differences of them would not move.
        yield new Complex(0.6 + fraction(symbol.name().hashCode() + 1_000_003L * place), 0);
      }
    };
  }

  /** A number in [0, 1) that says nothing of the one that it is made of (SplitMix64's mixing). */
  private static double fraction(long number) {
    long mixed = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return ((mixed ^ (mixed >>> 31)) >>> 11) * 0x1p-53;
  }

  private static Complex call(String name, Complex x, Expr.Call call, int place) {
    return switch (name) {
      case "sin" -> x.sin();
      case "cos" -> x.cos();
      case "tan" -> x.sin().over(x.cos());
      case "cot" -> x.cos().over(x.sin());
      case "sec" -> Complex.ONE.over(x.cos());
      case "csc" -> Complex.ONE.over(x.sin());
      case "arcsin" -> x.arcsin();
      case "arccos" -> HALF_TURN.minus(x.arcsin());
      case "arctan" -> x.arctan();
      case "sinh" -> halfOf(x.exp().minus(minus(x).exp()));
      case "cosh" -> halfOf(x.exp().plus(minus(x).exp()));
      case "tanh" -> x.exp().minus(minus(x).exp()).over(x.exp().plus(minus(x).exp()));
      case "log" -> x.log();
      case "abs" -> new Complex(x.abs(), 0);
      case "floor" -> new Complex(Math.floor(x.re()), 0);
      case "ceil" -> new Complex(Math.ceil(x.re()), 0);
      case "factorial" -> new Complex(factorial(x), 0);
      default -> new Complex(binomial(x, at(call.arguments().get(1), place)), 0);
    };
  }

  private static double factorial(Complex x) {
    double product = isCount(x) ? 1 : Double.NaN;
    for (int i = 2; i <= x.re() && Double.isFinite(product); i++) {
      product *= i;
    }
    return product;
  }

  private static double binomial(Complex n, Complex k) {
    boolean counts = isCount(n) && isCount(k) && k.re() <= n.re();
    double few = Math.min(k.re(), n.re() - k.re());
    double product = counts ? 1 : Double.NaN;
    // At least 2^few, so that a long product has no value before it is long.
    for (int i = 1; i <= few && Double.isFinite(product); i++) {
      product *= (n.re() - few + i) / i;
    }
    return product;
  }

  private static boolean isCount(Complex x) {
    return x.im() == 0 && x.re() >= 0 && x.re() == Math.rint(x.re()) && x.isFinite();
  }

  private static Complex minus(Complex x) {
    return new Complex(-x.re(), -x.im());
  }

  private static Complex halfOf(Complex x) {
    return new Complex(x.re() / 2, x.im() / 2);
  }
}
