package dev.kindling.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** jinja2's filters by name; those of texts and of sequences have classes of their own. */
final class Filters {
  /** What a filter makes of a value. */
  @FunctionalInterface
  interface Filter {
    Object apply(Rendering rendering, Object value, Arguments arguments);
  }

  private static final Map<String, Filter> FILTERS = filters();

  private Filters() {}

  private static Map<String, Filter> filters() {
    Map<String, Filter> filters = new HashMap<>();
    filters.putAll(TextFilters.ALL);
    filters.putAll(SequenceFilters.ALL);
    filters.put("default", Filters::orDefault);
    filters.put("d", Filters::orDefault);
    filters.put("attr", (r, v, a) -> Attributes.attribute(r, v, a.text(0, "name")));
    filters.put("tojson", Json::dumps);
    filters.put("int", (r, v, a) -> integer(r, v, a));
    filters.put("float", (r, v, a) -> real(v, a.get(0, "default", 0.0)));
    filters.put("abs", (r, v, a) -> absolute(v));
    filters.put("round", (r, v, a) -> round(v, a));
    return Map.copyOf(filters);
  }

  static boolean has(String name) {
    return FILTERS.containsKey(name);
  }

  /** A filter; where there is none, one that is refused when a rendering comes to it. */
  static Filter named(String name) {
    return FILTERS.getOrDefault(
        name,
        (r, v, a) -> {
          throw new TemplateFault("has the unknown filter " + name);
        });
  }

  private static Object orDefault(Rendering r, Object value, Arguments a) {
    boolean isAbsent =
        value instanceof Undefined || (a.flag(1, "boolean", false) && !Python.truth(value));
    return isAbsent ? a.get(0, "default_value", "") : value;
  }

  private static Object integer(Rendering r, Object value, Arguments a) {
    Object otherwise = a.get(0, "default", 0L);
    if (value instanceof String text) {
      r.budget().charge(text.length());
      String digits = text.strip().replace("_", "");
      try {
        return Integers.parse(digits, a.integer(1, "base", 10));
      } catch (NumberFormatException notWhole) {
        return real(value, null) instanceof Double number ? Integers.of(number) : otherwise;
      }
    }
    if (value instanceof Double number) {
      return Integers.of(number);
    }
    return Integers.is(value) ? Integers.of(Integers.big(value)) : otherwise;
  }

  private static Object real(Object value, Object otherwise) {
    if (value instanceof String text) {
      String number = text.strip().replace("_", "");
      boolean isNumber = number.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
      return isNumber ? (Object) Double.parseDouble(number) : otherwise;
    }
    return Python.isNumber(value) ? (Object) Python.toDouble(value) : otherwise;
  }

  private static Object absolute(Object value) {
    if (value instanceof Double number) {
      return Math.abs(number);
    }
    return Integers.of(Integers.big(number(value)).abs());
  }

  private static Object number(Object value) {
    if (!Python.isNumber(value)) {
      throw new TemplateFault("takes " + Python.type(value) + " for a number");
    }
    return value;
  }

  private static Object round(Object value, Arguments a) {
    int digits = a.integer(0, "precision", 0);
    String method = (String) a.get(1, "method", "common");
    if (!List.of("common", "ceil", "floor").contains(method) || Math.abs(digits) > 300) {
      throw new TemplateFault(
          "rounds by the unknown method " + method + " to " + digits + " digits");
    }
    if (method.equals("common") && !(number(value) instanceof Double)) {
      return Integers.of(Integers.big(value));
    }
    double number = Python.toDouble(number(value));
    if (method.equals("common")) {
      return Double.isFinite(number)
          ? new java.math.BigDecimal(number)
              .setScale(digits, java.math.RoundingMode.HALF_EVEN)
              .doubleValue()
          : number;
    }
    double scale = Math.pow(10, digits);
    return (method.equals("ceil") ? Math.ceil(number * scale) : Math.floor(number * scale)) / scale;
  }
}
