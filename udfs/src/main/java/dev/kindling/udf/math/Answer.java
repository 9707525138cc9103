package dev.kindling.udf.math;

import java.util.List;

/** What an answer says. */
sealed interface Answer {
  /**
   * One value.
   *
   * @param percent whether a sign or a word for percent stands behind it
   */
  record Value(Expr expr, boolean percent) implements Answer {
    static Value of(Expr expr) {
      return new Value(expr, false);
    }
  }

  /** Words, or a formula that is not understood. */
  record Words(String text) implements Answer {}

  /** Answers in no order: a list or a set. */
  record Bag(List<Answer> parts) implements Answer {}

  /**
   * Answers in an order: a tuple, a point, or the ends of an interval.
   *
   * @param open {@code (} or {@code [}
   * @param close {@code )} or {@code ]}
   */
  record Tuple(String open, List<Answer> parts, String close) implements Answer {}

  /** A union of intervals and sets. */
  record Union(List<Answer> parts) implements Answer {}

  /**
   * An equation or inequality, or a chain of them.
   *
   * @param sides two or more
   * @param signs between them, as {@link Names#RELATIONS} has them
   */
  record Relation(List<Answer> sides, List<String> signs) implements Answer {
    boolean isEquation() {
      return signs.stream().allMatch(sign -> sign.equals("=") || sign.equals("~"));
    }
  }
}
