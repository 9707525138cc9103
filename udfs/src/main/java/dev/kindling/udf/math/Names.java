package dev.kindling.udf.math;

import java.util.Map;
import java.util.Set;

/** The words of formulas, in LaTeX and in plain text. */
final class Names {
  /** Functions that are understood, by the name that {@link Expr.Call} gives them. */
  static final Set<String> FUNCTIONS =
      Set.of(
          "sin",
          "cos",
          "tan",
          "cot",
          "sec",
          "csc",
          "arcsin",
          "arccos",
          "arctan",
          "sinh",
          "cosh",
          "tanh",
          "exp",
          "log",
          "abs",
          "floor",
          "ceil",
          "factorial",
          "binomial");

  /** Other spellings of functions of one argument. */
  private static final Map<String, String> SPELLINGS =
      Map.of(
          "ln", "log",
          "lg", "log10",
          "asin", "arcsin",
          "acos", "arccos",
          "atan", "arctan",
          "lb", "log2");

  /** Letters that have a name. */
  private static final Set<String> LETTERS =
      Set.of(
          "alpha",
          "beta",
          "gamma",
          "delta",
          "epsilon",
          "varepsilon",
          "zeta",
          "eta",
          "theta",
          "vartheta",
          "iota",
          "kappa",
          "lambda",
          "mu",
          "nu",
          "xi",
          "rho",
          "varrho",
          "sigma",
          "tau",
          "upsilon",
          "phi",
          "varphi",
          "chi",
          "psi",
          "omega",
          "Gamma",
          "Delta",
          "Theta",
          "Lambda",
          "Xi",
          "Pi",
          "Sigma",
          "Upsilon",
          "Phi",
          "Psi",
          "Omega",
          "hbar",
          "ell",
          "odot",
          "partial",
          "nabla",
          "aleph");

  /** Signs between the two sides of a relation, by how they are written. */
  static final Map<String, String> RELATIONS =
      Map.ofEntries(
          Map.entry("=", "="),
          Map.entry("\\equiv", "="),
          Map.entry("\\approx", "~"),
          Map.entry("\\sim", "~"),
          Map.entry("\\simeq", "~"),
          Map.entry("\\cong", "~"),
          Map.entry("<", "<"),
          Map.entry("\\lt", "<"),
          Map.entry(">", ">"),
          Map.entry("\\gt", ">"),
          Map.entry("\\le", "<="),
          Map.entry("\\leq", "<="),
          Map.entry("\\leqslant", "<="),
          Map.entry("\\ge", ">="),
          Map.entry("\\geq", ">="),
          Map.entry("\\geqslant", ">="),
          Map.entry("\\ne", "!="),
          Map.entry("\\neq", "!="));

  /** Words for a hundredth. */
  static final Set<String> PERCENT = Set.of("percent", "pct", "percentage", "percents");

  /** Words between the members of a list. */
  static final Set<String> AND = Set.of("and", "or");

  /** Units of two letters, which would else be two variables. */
  static final Set<String> SHORT_UNITS =
      Set.of("cm", "mm", "km", "kg", "ft", "ms", "mi", "lb", "Hz", "oz", "in", "hr", "yd");

  private Names() {}

  /** The function of a word; null if it is none. */
  static String function(String word) {
    String name = SPELLINGS.getOrDefault(word, word);
    return FUNCTIONS.contains(name) || name.equals("log10") || name.equals("log2") ? name : null;
  }

  /** The constant or the letter of a word; null if it is none. */
  static Expr symbol(String word) {
    return switch (word) {
      case "pi" -> Expr.Sym.PI;
      case "infty", "infinity", "inf", "oo" -> Expr.Sym.INFINITY;
      default -> LETTERS.contains(word) ? new Expr.Sym(word) : null;
    };
  }
}
