package dev.kindling.udf.math;

/** A text that is no formula, as far as formulas are understood here. */
final class UnreadableException extends Exception {
  private static final long serialVersionUID = 1;

  UnreadableException(String reason) {
    // Thrown for every answer in words: a stack trace would cost more than all the reading.
    super(reason, null, false, false);
  }
}
