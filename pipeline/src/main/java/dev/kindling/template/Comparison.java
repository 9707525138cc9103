package dev.kindling.template;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Python's comparisons. */
final class Comparison {
  private static final Set<String> OPERATORS = Set.of("==", "!=", "<", "<=", ">", ">=", "in");

  private Comparison() {}

  static boolean isOperator(String word) {
    return OPERATORS.contains(word);
  }

  /** {@code a < b < c}: each pair holds; what follows a pair that does not has no value. */
  static boolean chain(
      Rendering r, Expression first, List<String> operators, List<Expression> operands) {
    Object left = first.value(r);
    for (int i = 0; i < operands.size(); i++) {
      Object right = operands.get(i).value(r);
      if (!holds(r, operators.get(i), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  static boolean holds(Rendering r, String operator, Object left, Object right) {
    return switch (operator) {
      case "==" -> r.python().equal(left, right);
      case "!=" -> !r.python().equal(left, right);
      case "in" -> contains(r, right, left);
      case "not in" -> !contains(r, right, left);
      case "<" -> compare(r, left, right) < 0;
      case "<=" -> compare(r, left, right) <= 0;
      case ">" -> compare(r, left, right) > 0;
      default -> compare(r, left, right) >= 0;
    };
  }

  private static boolean contains(Rendering r, Object container, Object element) {
    if (container instanceof String text) {
      if (element instanceof String part) {
        r.budget().charge(text.length());
        return text.contains(part);
      }
      throw new TemplateFault("looks for " + Python.type(element) + " in a text");
    }
    if (container instanceof Map<?, ?> map) {
      return map.containsKey(Python.key(element));
    }
    return r.python().list(container).stream().anyMatch(other -> r.python().equal(other, element));
  }

  /** Negative, zero or positive as the left is less, equal or greater. */
  static int compare(Rendering r, Object left, Object right) {
    if (left instanceof String a && right instanceof String b) {
      return Texts.compare(a, b);
    }
    if (Python.isNumber(left) && Python.isNumber(right)) {
      return Python.compareNumbers(left, right);
    }
    if (left instanceof List<?> a
        && right instanceof List<?> b
        && a instanceof Tuple == b instanceof Tuple) {
      for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
        if (!r.python().equal(a.get(i), b.get(i))) {
          return compare(r, a.get(i), b.get(i));
        }
      }
      return Integer.compare(a.size(), b.size());
    }
    if (left instanceof Undefined undefined) {
      throw undefined.fault();
    }
    if (right instanceof Undefined undefined) {
      throw undefined.fault();
    }
    throw new TemplateFault(
        "compares " + Python.type(left) + " with " + Python.type(right) + ", which have no order");
  }
}
