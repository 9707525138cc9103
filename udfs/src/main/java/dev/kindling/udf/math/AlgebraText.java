package dev.kindling.udf.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * An expression in the words of a computer algebra system of Mathematica's kind. It holds numbers,
 * operators, the functions of a fixed list and numbered variables, and nothing that the answer's
 * author chose: text of a model is never a program there.
 */
final class AlgebraText {
  private static final Map<String, String> FUNCTIONS =
      Map.ofEntries(
          Map.entry("sin", "Sin"),
          Map.entry("cos", "Cos"),
          Map.entry("tan", "Tan"),
          Map.entry("cot", "Cot"),
          Map.entry("sec", "Sec"),
          Map.entry("csc", "Csc"),
          Map.entry("arcsin", "ArcSin"),
          Map.entry("arccos", "ArcCos"),
          Map.entry("arctan", "ArcTan"),
          Map.entry("sinh", "Sinh"),
          Map.entry("cosh", "Cosh"),
          Map.entry("tanh", "Tanh"),
          Map.entry("log", "Log"),
          Map.entry("abs", "Abs"),
          Map.entry("floor", "Floor"),
          Map.entry("ceil", "Ceiling"),
          Map.entry("factorial", "Factorial"),
          Map.entry("binomial", "Binomial"));

  private final Map<String, String> variables = new TreeMap<>();

  /** Writes an expression; the same variable is the same number in all that one object writes. */
  String of(Expr expr) {
    if (expr instanceof Expr.Num num) {
      return "(" + num.value() + ")";
    }
    if (expr instanceof Expr.Sym symbol) {
      return symbol(symbol.name());
    }
    if (expr instanceof Expr.Sum sum) {
      return joined(sum.terms(), "+");
    }
    if (expr instanceof Expr.Product product) {
      return joined(product.factors(), "*");
    }
    if (expr instanceof Expr.Quotient quotient) {
      return joined(List.of(quotient.over(), quotient.under()), "/");
    }
    if (expr instanceof Expr.Power power) {
      return joined(List.of(power.base(), power.exponent()), "^");
    }
    if (expr instanceof Expr.Call call) {
      return FUNCTIONS.get(call.name())
          + call.arguments().stream().map(this::of).collect(Collectors.joining(",", "(", ")"));
    }
    throw new IllegalArgumentException("no algebra of " + expr);
  }

  private String joined(List<Expr> parts, String operator) {
    List<String> texts = new ArrayList<>();
    for (Expr part : parts) {
      texts.add(of(part));
    }
    return texts.stream().collect(Collectors.joining(operator, "(", ")"));
  }

  private String symbol(String name) {
    return switch (name) {
      case "pi" -> "Pi";
      case "e" -> "E";
      case "i" -> "I";
      case "infinity" -> "Infinity";
      default -> variables.computeIfAbsent(name, any -> "v" + (variables.size() + 1));
    };
  }
}
