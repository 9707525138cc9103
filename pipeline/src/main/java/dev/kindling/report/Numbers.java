package dev.kindling.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as a person reads them; the same in tables, descriptions and the terminal. */
final class Numbers {
  /** Stands where there is no number. */
  static final String NONE = "–";

  private static final MathContext FOUR_DIGITS = new MathContext(4);

  private Numbers() {}

  /** Four significant digits, {@link #NONE} for NaN; infinities keep their sign. */
  static String plain(double value) {
    if (Double.isNaN(value)) {
      return NONE;
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "-∞";
    }
    double size = Math.abs(value);
    return size == 0 || (size >= 1e-4 && size < 1e7)
        ? new BigDecimal(value).round(FOUR_DIGITS).stripTrailingZeros().toPlainString()
        : String.format(Locale.ROOT, "%.3e", value);
  }

  /** A share between 0 and 1 as a percentage with one decimal. */
  static String share(double value) {
    return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%.1f %%", 100 * value);
  }

  /** Seconds as {@code 9.5 s}, {@code 2 min 05 s} or {@code 3 h 07 min}. */
  static String duration(double seconds) {
    if (Double.isNaN(seconds)) {
      return NONE;
    }
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
  }
}
