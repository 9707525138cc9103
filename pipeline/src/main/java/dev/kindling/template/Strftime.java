package dev.kindling.template;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** C's {@code strftime} for the midnight that a day begins with, in English. */
final class Strftime {
  private Strftime() {}

  static String format(LocalDate day, String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      boolean isPlain = format.charAt(i + 1) == '-' && i + 2 < format.length();
      i += isPlain ? 2 : 1;
      String written = directive(day, format.charAt(i));
      out.append(isPlain ? written.replaceFirst("^[0 ]+(?=.)", "") : written);
    }
    return out.toString();
  }

  private static String directive(LocalDate day, char directive) {
    return switch (directive) {
      case 'Y' -> Integer.toString(day.getYear());
      case 'y' -> two(day.getYear() % 100);
      case 'C' -> two(day.getYear() / 100);
      case 'm' -> two(day.getMonthValue());
      case 'd' -> two(day.getDayOfMonth());
      case 'e' -> String.format(Locale.ROOT, "%2d", day.getDayOfMonth());
      case 'j' -> String.format(Locale.ROOT, "%03d", day.getDayOfYear());
      case 'B' -> day.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'b', 'h' ->
          day.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH).substring(0, 3);
      case 'A' -> day.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'a' -> day.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'u' -> Integer.toString(day.getDayOfWeek().getValue());
      case 'w' ->
          Integer.toString(
              day.getDayOfWeek() == DayOfWeek.SUNDAY ? 0 : day.getDayOfWeek().getValue());
      case 'V' -> two(day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case 'H', 'M', 'S' -> "00";
      case 'I' -> "12";
      case 'p' -> "AM";
      case 'f' -> "000000";
      case 'F' -> format(day, "%Y-%m-%d");
      case 'D', 'x' -> format(day, "%m/%d/%y");
      case 'T', 'X' -> "00:00:00";
      case 'R' -> "00:00";
      case 'c' -> format(day, "%a %b %e %T %Y");
      case 'z', 'Z' -> "";
      case 'n' -> "\n";
      case 't' -> "\t";
      case '%' -> "%";
      default -> throw new TemplateFault("formats a date with the unknown %" + directive);
    };
  }

  private static String two(int number) {
    return String.format(Locale.ROOT, "%02d", number);
  }
}
