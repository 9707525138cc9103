package dev.kindling.udf;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What a program of FinQA evaluates to: a number, or a word.
 *
 * @param number the number; NaN also where there is a word
 * @param word {@code yes}, {@code no} or {@code n/a}; null for a number
 */
record FinqaResult(double number, String word) {
  /** The result of a program without a complete step: not invalid, and never correct. */
  static final FinqaResult NONE = word("n/a");

  static FinqaResult number(double number) {
    return new FinqaResult(number, null);
  }

  static FinqaResult word(String word) {
    return new FinqaResult(Double.NaN, word);
  }

  /** The number rounded to five decimals, half-even on its exact binary value. */
  FinqaResult rounded() {
    return Double.isFinite(number)
        ? number(new BigDecimal(number).setScale(5, RoundingMode.HALF_EVEN).doubleValue())
        : this;
  }

  /** Equality as Python's {@code ==} has it: exact, -0.0 is 0.0, NaN equals nothing. */
  boolean matches(FinqaResult other) {
    return word == null ? other.word == null && number == other.number : word.equals(other.word);
  }

  /** The result as an answer is written. */
  String text() {
    // The shortest digits: Java's own have been these only since Java 19.
    return word == null ? NumberOutput.toString(number, true) : word;
  }
}
