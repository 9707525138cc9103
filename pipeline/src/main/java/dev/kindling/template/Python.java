package dev.kindling.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Python's view of the values of a template, which are {@link String}, {@link Long}, {@link
 * BigInteger} for what needs more bits, {@link Double}, {@link Boolean}, {@link List} and {@link
 * Tuple}, {@link Map} in the order of its keys, and the types of this package; no other Java object
 * ever is one.
 */
final class Python {
  private final Budget budget;

  Python(Budget budget) {
    this.budget = budget;
  }

  /** A variable that is given to a template, as the template has it. */
  static Object value(Object given) {
    if (given == null) {
      return None.NONE;
    } else if (given instanceof Integer number) {
      return number.longValue();
    } else if (given instanceof BigInteger number) {
      return Integers.of(number);
    } else if (given instanceof List<?> list) {
      List<Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(value(element)));
      return copy;
    } else if (given instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put((String) key, value(value)));
      return copy;
    } else if (given instanceof String || given instanceof Boolean || isNumber(given)) {
      return given;
    }
    throw new IllegalArgumentException("A template takes no " + given.getClass().getName());
  }

  /** Whether a value counts as true. */
  static boolean truth(Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value instanceof Long number) {
      return number != 0;
    } else if (value instanceof Double number) {
      return number != 0;
    } else if (value instanceof List<?> list) {
      return !list.isEmpty();
    } else if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    }
    return value != None.NONE && !(value instanceof Undefined);
  }

  /** What a message calls the type of a value. */
  static String type(Object value) {
    if (value instanceof String) {
      return "a text";
    } else if (value instanceof Boolean) {
      return "a truth value";
    } else if (value instanceof Long || value instanceof BigInteger) {
      return "an integer";
    } else if (value instanceof Double) {
      return "a float";
    } else if (value instanceof Tuple) {
      return "a tuple";
    } else if (value instanceof List) {
      return "a list";
    } else if (value instanceof Map) {
      return "a dictionary";
    } else if (value == None.NONE) {
      return "None";
    }
    return value instanceof Undefined ? "an undefined value" : "a function";
  }

  /** Whether a value is a number; truth values are 1 and 0. */
  static boolean isNumber(Object value) {
    return value instanceof Double || Integers.is(value);
  }

  static double toDouble(Object number) {
    if (number instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    double value = ((Number) number).doubleValue();
    if (Double.isInfinite(value) && !(number instanceof Double)) {
      throw new TemplateFault("takes an integer for a float that is too large for one");
    }
    return value;
  }

  /** Numbers by their exact values: an integer may lie between two floats. */
  static int compareNumbers(Object left, Object right) {
    if (left instanceof Double a && right instanceof Double b) {
      return Double.compare(a + 0.0, b + 0.0);
    } else if (left instanceof Double a) {
      return -Integers.compare(right, a);
    } else if (right instanceof Double b) {
      return Integers.compare(left, b);
    }
    return Integers.big(left).compareTo(Integers.big(right));
  }

  /** A value as the key of a dictionary: equal numbers are one key, and all that is undefined. */
  static Object key(Object value) {
    if ((value instanceof List && !(value instanceof Tuple)) || value instanceof Map) {
      throw new TemplateFault("takes " + type(value) + " as a key of a dictionary");
    }
    if (value instanceof Undefined) {
      return Undefined.KEY;
    }
    boolean isWhole =
        value instanceof Boolean
            || (value instanceof Double number
                && number == Math.rint(number)
                && Math.abs(number) < 1e15);
    return isWhole ? (Object) Integers.toLong(value) : value;
  }

  boolean equal(Object left, Object right) {
    budget.charge(1);
    if (left == right) {
      return true;
    }
    if (isNumber(left) && isNumber(right)) {
      return compareNumbers(left, right) == 0;
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      return a instanceof Tuple == b instanceof Tuple
          && a.size() == b.size()
          && equalElements(a, b);
    }
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return a.size() == b.size()
          && a.keySet().stream().allMatch(b::containsKey)
          && equalElements(List.copyOf(a.values()), a.keySet().stream().map(b::get).toList());
    }
    return left instanceof Undefined ? right instanceof Undefined : left.equals(right);
  }

  private boolean equalElements(List<?> left, List<?> right) {
    budget.enter();
    boolean isEqual = true;
    for (int i = 0; isEqual && i < left.size(); i++) {
      isEqual = equal(left.get(i), right.get(i));
    }
    budget.leave();
    return isEqual;
  }

  /**
   * The elements that a loop over a value takes: of a dictionary its keys, of a text its code
   * points.
   */
  List<Object> list(Object value) {
    if (value instanceof String text) {
      List<Object> characters = new ArrayList<>(text.length());
      text.codePoints().forEach(c -> characters.add(Character.toString(c)));
      budget.charge(text.length());
      return characters;
    }
    if (value instanceof List<?> list) {
      budget.charge(list.size());
      return new ArrayList<>(list);
    }
    if (value instanceof Map<?, ?> map) {
      budget.charge(map.size());
      return new ArrayList<>(map.keySet());
    }
    if (value instanceof Undefined) {
      return List.of();
    }
    throw new TemplateFault("takes the elements of " + type(value));
  }

  /** {@code len}. */
  static long length(Object value) {
    if (value instanceof String text) {
      return text.codePointCount(0, text.length());
    } else if (value instanceof List<?> list) {
      return list.size();
    } else if (value instanceof Map<?, ?> map) {
      return map.size();
    } else if (value instanceof Undefined) {
      return 0;
    }
    throw new TemplateFault("takes the length of " + type(value));
  }

  /** {@code str}: what is printed. */
  String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Undefined) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    represent(out, value);
    return out.toString();
  }

  /** {@code repr}. */
  private void represent(StringBuilder out, Object value) {
    budget.charge(1);
    Budget.requireText(out.length());
    if (value instanceof String text) {
      Texts.quote(out, text);
    } else if (value instanceof Boolean flag) {
      out.append(flag ? "True" : "False");
    } else if (value instanceof Double number) {
      out.append(number(number));
    } else if (value instanceof List<?> list) {
      boolean isTuple = list instanceof Tuple;
      elements(
          out,
          isTuple ? "(" : "[",
          list.iterator(),
          isTuple ? (list.size() == 1 ? ",)" : ")") : "]");
    } else if (value instanceof Map<?, ?> map) {
      elements(out, "{", map.entrySet().iterator(), "}");
    } else if (value instanceof Map.Entry<?, ?> entry) {
      represent(out, entry.getKey());
      out.append(": ");
      represent(out, entry.getValue());
    } else if (value == None.NONE) {
      out.append("None");
    } else if (value instanceof Undefined) {
      out.append("Undefined");
    } else {
      out.append(isNumber(value) ? value : "<function>");
    }
  }

  private void elements(StringBuilder out, String start, Iterator<?> elements, String end) {
    budget.enter();
    out.append(start);
    while (elements.hasNext()) {
      represent(out, elements.next());
      out.append(elements.hasNext() ? ", " : "");
    }
    out.append(end);
    budget.leave();
  }

  /** {@code repr} of a float: the shortest digits that give it back. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = shortest(value);
    String digits = shortest.unscaledValue().abs().toString();
    int point = digits.length() - shortest.scale(); // digits before the decimal point
    String sign = value < 0 ? "-" : "";
    if (point > 16 || point < -3) {
      String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
      int exponent = point - 1;
      return "%s%c%se%s%02d"
          .formatted(
              sign, digits.charAt(0), fraction, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    String plain = shortest.abs().toPlainString();
    return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
  }

  // Double.toString of this Java sometimes gives one digit more than needed.
  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int precision = 1; precision < 17; precision++) {
      BigDecimal rounded =
          exact.round(new java.math.MathContext(precision, java.math.RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new java.math.MathContext(17)).stripTrailingZeros();
  }
}
