package dev.kindling.template;

/** A parsed expression, which has its value from a rendering. */
@FunctionalInterface
interface Expression {
  Object value(Rendering rendering);

  static Expression constant(Object value) {
    return rendering -> value;
  }

  default boolean isTrue(Rendering rendering) {
    return Python.truth(value(rendering));
  }
}
