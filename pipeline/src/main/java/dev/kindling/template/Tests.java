package dev.kindling.template;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** jinja2's tests, the words behind {@code is}. */
final class Tests {
  /** Whether a value passes. */
  @FunctionalInterface
  interface Test {
    boolean holds(Rendering rendering, Object value, Arguments arguments);
  }

  private static final Map<String, Test> TESTS =
      Map.ofEntries(
          Map.entry("defined", (r, v, a) -> !(v instanceof Undefined)),
          Map.entry("undefined", (r, v, a) -> v instanceof Undefined),
          Map.entry("none", (r, v, a) -> v == None.NONE),
          Map.entry("boolean", (r, v, a) -> v instanceof Boolean),
          Map.entry("true", (r, v, a) -> Boolean.TRUE.equals(v)),
          Map.entry("false", (r, v, a) -> Boolean.FALSE.equals(v)),
          Map.entry("integer", (r, v, a) -> Integers.is(v) && !(v instanceof Boolean)),
          Map.entry("float", (r, v, a) -> v instanceof Double),
          Map.entry("number", (r, v, a) -> Python.isNumber(v)),
          Map.entry("string", (r, v, a) -> v instanceof String),
          Map.entry("mapping", (r, v, a) -> v instanceof Map),
          Map.entry("sequence", (r, v, a) -> isSequence(v)),
          Map.entry("iterable", (r, v, a) -> isSequence(v)),
          Map.entry("callable", (r, v, a) -> isCallable(v)),
          Map.entry("escaped", (r, v, a) -> false),
          Map.entry("odd", (r, v, a) -> isRemainder(r, v, 2L, 1L)),
          Map.entry("even", (r, v, a) -> isRemainder(r, v, 2L, 0L)),
          Map.entry("divisibleby", (r, v, a) -> isRemainder(r, v, a.get(0, "num"), 0L)),
          Map.entry("lower", (r, v, a) -> isCased(r, v, false)),
          Map.entry("upper", (r, v, a) -> isCased(r, v, true)),
          Map.entry("sameas", (r, v, a) -> isSame(v, a.get(0, "other"))),
          Map.entry("filter", (r, v, a) -> v instanceof String name && Filters.has(name)),
          Map.entry("test", (r, v, a) -> v instanceof String name && has(name)),
          Map.entry("in", comparison("in")),
          Map.entry("eq", comparison("==")),
          Map.entry("equalto", comparison("==")),
          Map.entry("ne", comparison("!=")),
          Map.entry("lt", comparison("<")),
          Map.entry("lessthan", comparison("<")),
          Map.entry("le", comparison("<=")),
          Map.entry("gt", comparison(">")),
          Map.entry("greaterthan", comparison(">")),
          Map.entry("ge", comparison(">=")));

  private Tests() {}

  private static Test comparison(String operator) {
    return (r, value, a) -> Comparison.holds(r, operator, value, a.get(0, "other"));
  }

  private static boolean has(String name) {
    return TESTS.containsKey(name) || Comparison.isOperator(name);
  }

  /**
   * A test by name or, as in {@code select('==', 1)}, by operator; where there is none, one that is
   * refused when a rendering comes to it.
   */
  static Test named(String name) {
    if (Comparison.isOperator(name)) {
      return comparison(name);
    }
    return TESTS.getOrDefault(
        name,
        (r, v, a) -> {
          throw new TemplateFault("has the unknown test " + name);
        });
  }

  private static boolean isSequence(Object value) {
    return value instanceof String
        || value instanceof List
        || value instanceof Map
        || value instanceof Undefined;
  }

  /** Also what is undefined: jinja2's value for it can be called, and then raises. */
  private static boolean isCallable(Object value) {
    return value instanceof Callable || value instanceof LoopState || value instanceof Undefined;
  }

  private static boolean isRemainder(Rendering r, Object value, Object divisor, long wanted) {
    if (!Python.isNumber(value) || !Python.isNumber(divisor)) {
      throw new TemplateFault(
          "divides " + Python.type(value) + " by " + Python.type(divisor) + " without remainder");
    }
    return r.python().equal(Operators.binary(r, "%", value, divisor), wanted);
  }

  private static boolean isCased(Rendering r, Object value, boolean isUpper) {
    String text = r.python().text(value);
    String cased = isUpper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
    return text.equals(cased) && text.codePoints().anyMatch(Character::isLetter);
  }

  /** Python keeps one object for each truth value and small integer. */
  private static boolean isSame(Object value, Object other) {
    return value == other
        || (value instanceof Boolean && value.equals(other))
        || (value instanceof Long && value.equals(other));
  }
}
