package dev.kindling.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic. */
final class Operators {
  private Operators() {}

  static Object binary(Rendering r, String operator, Object left, Object right) {
    if (operator.equals("~")) {
      String a = r.python().text(left);
      String b = r.python().text(right);
      Budget.requireText((long) a.length() + b.length());
      return r.made(a + b);
    }
    requireDefined(left);
    requireDefined(right);
    if (Python.isNumber(left) && Python.isNumber(right)) {
      return numbers(r, operator, left, right);
    }
    if (operator.equals("+")) {
      Object sum = sum(left, right);
      if (sum != null) {
        return r.made(sum);
      }
    }
    if (operator.equals("*")) {
      Object repeated = Integers.is(right) ? repeat(left, Integers.toLong(right)) : null;
      repeated =
          repeated == null && Integers.is(left) ? repeat(right, Integers.toLong(left)) : repeated;
      if (repeated != null) {
        return r.made(repeated);
      }
    }
    if (operator.equals("%") && left instanceof String format) {
      return r.made(Format.percent(r, format, right));
    }
    throw new TemplateFault(
        "computes %s %s %s, which have no such operation"
            .formatted(Python.type(left), operator, Python.type(right)));
  }

  private static void requireDefined(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
  }

  private static Object sum(Object left, Object right) {
    if (left instanceof String a && right instanceof String b) {
      Budget.requireText((long) a.length() + b.length());
      return a + b;
    }
    if (left instanceof List<?> a
        && right instanceof List<?> b
        && a instanceof Tuple == b instanceof Tuple) {
      List<Object> all = new ArrayList<>(a);
      all.addAll(b);
      return a instanceof Tuple ? new Tuple(all) : all;
    }
    return null;
  }

  private static Object repeat(Object value, long times) {
    if (value instanceof String text) {
      return Texts.repeat(text, times);
    }
    if (value instanceof List<?> list) {
      long count = list.isEmpty() ? 0 : Math.max(0, times);
      Budget.requireText(count > Budget.MOST_TEXT ? count : count * list.size());
      List<Object> all = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        all.addAll(list);
      }
      return list instanceof Tuple ? new Tuple(all) : all;
    }
    return null;
  }

  private static Object numbers(Rendering r, String operator, Object left, Object right) {
    if (!Python.truth(right) && List.of("/", "//", "%").contains(operator)) {
      throw new TemplateFault("divides by zero");
    }
    if (left instanceof Double || right instanceof Double) {
      return doubles(operator, Python.toDouble(left), Python.toDouble(right));
    }
    BigInteger a = Integers.big(left);
    BigInteger b = Integers.big(right);
    if (operator.equals("/")) {
      return Integers.quotient(a, b);
    }
    return operator.equals("**") && b.signum() < 0
        ? (Object) doubles(operator, Python.toDouble(left), Python.toDouble(right))
        : Integers.binary(r.budget(), operator, a, b);
  }

  private static double doubles(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - b * Math.floor(a / b);
      default -> Math.pow(a, b);
    };
  }

  /** {@code -value} or {@code +value}. */
  static Object signed(String sign, Object value) {
    requireDefined(value);
    if (!Python.isNumber(value)) {
      throw new TemplateFault("puts " + sign + " before " + Python.type(value));
    }
    if (value instanceof Double number) {
      return sign.equals("-") ? -number : number;
    }
    BigInteger number = Integers.big(value);
    return Integers.of(sign.equals("-") ? number.negate() : number);
  }
}
