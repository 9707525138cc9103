package dev.kindling.report;

import java.util.Locale;

/** How the values of a chart are written. */
enum Unit {
  /** A share between 0 and 1, written in percent. */
  SHARE,
  /** A number that stands for itself. */
  NUMBER,
  /** Wall time. */
  SECONDS;

  /** The name that the page's script knows. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The value as text. */
  String format(double value) {
    return switch (this) {
      case SHARE -> Numbers.share(value);
      case NUMBER -> Numbers.plain(value);
      case SECONDS -> Numbers.duration(value);
    };
  }
}
