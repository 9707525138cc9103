package dev.kindling.udf;

import java.math.BigDecimal;

/**
 * A number as a text writes it.
 *
 * @param value what the digits and the sign say; its scale is the number of decimals written
 * @param percent whether a percent sign (or the word) follows
 * @param magnitude power of ten of the unit that follows: 6 for {@code million}, 0 without one
 * @param bracketed whether it stands in round brackets, the accountants' minus sign
 * @param start where its text begins, sign and currency and bracket included
 * @param end where its text ends, exclusive
 */
record WrittenNumber(
    BigDecimal value, boolean percent, int magnitude, boolean bracketed, int start, int end) {
  /** Whether the number carries neither a percent sign nor a word of magnitude. */
  boolean isPlain() {
    return !percent && magnitude == 0;
  }

  /** The number with its unit: a percent sign divides by 100, a magnitude multiplies. */
  BigDecimal scaled() {
    return value.scaleByPowerOfTen(magnitude - (percent ? 2 : 0));
  }
}
