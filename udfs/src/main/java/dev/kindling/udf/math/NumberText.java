package dev.kindling.udf.math;

import java.math.BigDecimal;

/**
 * A number in a text: with groups of thousands or without, with an exponent or without.
 *
 * @param text the number as {@link BigDecimal} reads it
 * @param end index behind it
 */
record NumberText(String text, int end) {
  private static final int MOST_DIGITS = 5000;

  /**
   * Reads the number that begins at a place.
   *
   * @param commas whether a comma before three digits groups them; in brackets it parts elements
   * @throws UnreadableException if it has more digits than are computed with
   */
  static NumberText read(String source, int from, boolean commas) throws UnreadableException {
    StringBuilder number = new StringBuilder();
    int at = digits(source, from, number);
    boolean decimalComma = false;
    int gap;
    while (number.length() > 0 && (gap = group(source, at, at - from, commas)) > 0) {
      if (number.toString().equals("0")) {
        if (source.charAt(at) != ',') {
          break;
        }
        decimalComma = true;
        number.append('.');
      }
      at = digits(source, at + gap, number);
      if (decimalComma) {
        break;
      }
    }
    if (!decimalComma && isPoint(source, at)) {
      number.append('.');
      at = digits(source, at + 1, number);
    }
    at = exponent(source, at, number);
    if (number.length() > MOST_DIGITS) {
      throw new UnreadableException("a number has more than " + MOST_DIGITS + " digits");
    }
    return new NumberText(number.toString(), at);
  }

  /** The value of what {@link #read} gave. */
  static Expr.Num value(String text) throws UnreadableException {
    BigDecimal value = new BigDecimal(text.endsWith(".") ? text + "0" : text);
    if (Math.abs((long) value.scale()) > MOST_DIGITS) {
      throw new UnreadableException("the exponent of " + text + " is too large");
    }
    boolean pointed = text.indexOf('.') >= 0;
    return new Expr.Num(Rational.of(value), pointed ? Math.max(0, value.scale()) : -1);
  }

  /** Whether a point belongs to the number: one that ends a sentence does not. */
  private static boolean isPoint(String source, int at) {
    if (at + 1 >= source.length() || source.charAt(at) != '.') {
      return false;
    }
    char next = source.charAt(at + 1);
    return (next >= '0' && next <= '9') || next == '/' || next == '*' || next == '^';
  }

  private static int digits(String source, int from, StringBuilder number) {
    int at = from;
    while (at < source.length() && source.charAt(at) >= '0' && source.charAt(at) <= '9') {
      number.append(source.charAt(at++));
    }
    return at;
  }

  /** Length of what stands before the next three digits of a group; 0 if no group follows. */
  private static int group(String source, int at, int before, boolean commas) {
    int gap = 0;
    for (String mark : new String[] {"{,}", ",\\!", ",\\ ", "\\,", "\\!", ",", " "}) {
      if (source.startsWith(mark, at)) {
        gap = mark.length();
        boolean plain = mark.equals(",") || mark.equals(" ");
        if ((plain && !commas) || (mark.equals(" ") && before > 3)) {
          return 0;
        }
        break;
      }
    }
    while (gap > 0 && source.startsWith(" ", at + gap) && gap > 1) {
      gap++;
    }
    int end = at + gap;
    while (gap > 0
        && end < source.length()
        && source.charAt(end) >= '0'
        && source.charAt(end) <= '9') {
      end++;
    }
    boolean leads = before <= 3 || source.charAt(at - 4) < '0' || source.charAt(at - 4) > '9';
    return gap > 0 && end - at - gap == 3 && leads ? gap : 0;
  }

  private static int exponent(String source, int at, StringBuilder number) {
    if (at + 1 >= source.length() || (source.charAt(at) != 'e' && source.charAt(at) != 'E')) {
      return at;
    }
    int sign = source.charAt(at + 1) == '-' || source.charAt(at + 1) == '+' ? 1 : 0;
    StringBuilder digits = new StringBuilder();
    int end = digits(source, at + 1 + sign, digits);
    boolean more = end < source.length() && Character.isLetter(source.charAt(end));
    if (digits.isEmpty() || digits.length() > 6 || more) {
      return at;
    }
    if (number.charAt(number.length() - 1) == '.') {
      number.append('0');
    }
    number.append('e').append(sign == 1 ? source.substring(at + 1, at + 2) : "").append(digits);
    return end;
  }
}
