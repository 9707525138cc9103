package dev.kindling.udf.math;

import java.util.List;
import java.util.Set;

/** What an expression is made of. */
final class Parts {
  private static final Set<String> CONSTANTS = Set.of("pi", "e", "i");

  private Parts() {}

  /** The expressions that one is made of; none for a number or a symbol. */
  static List<Expr> of(Expr expr) {
    if (expr instanceof Expr.Sum sum) {
      return sum.terms();
    }
    if (expr instanceof Expr.Product product) {
      return product.factors();
    }
    if (expr instanceof Expr.Quotient quotient) {
      return List.of(quotient.over(), quotient.under());
    }
    if (expr instanceof Expr.Power power) {
      return List.of(power.base(), power.exponent());
    }
    return expr instanceof Expr.Call call ? call.arguments() : List.of();
  }

  /** Whether an expression has no variable. */
  static boolean isConstant(Expr expr) {
    return !(expr instanceof Expr.Sym symbol && !CONSTANTS.contains(symbol.name()))
        && of(expr).stream().allMatch(Parts::isConstant);
  }

  /** Whether it has a function of variables whose value {@link Probe} does not know. */
  static boolean hasOpenValue(Expr expr) {
    return (expr instanceof Expr.Call call
            && (call.name().equals("binomial") || call.name().equals("factorial"))
            && !isConstant(call))
        || of(expr).stream().anyMatch(Parts::hasOpenValue);
  }
}
