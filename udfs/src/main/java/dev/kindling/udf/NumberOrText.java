package dev.kindling.udf;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The form in which {@code answer_match} compares: a plain number as its value, any other text in
 * lower case without the blanks at its ends. Nothing else is dropped, so that {@code -5}, {@code x
 * < 2}, {@code 3/4} and {@code C++} stay what they are.
 *
 * <p>A plain number is ASCII digits with an optional sign ({@code +}, {@code -}, and the minus and
 * the en dash that editors make of it), an optional point ({@code .5}, and {@code 5.}, which ends a
 * sentence more often than it means something else), and commas where every one stands before three
 * digits. It is compared exactly, without a conversion to binary: {@code 1.50} is {@code 1.5},
 * {@code 1,000} is {@code 1000}, {@code 007} is {@code 7}, and 2^53 + 1 is not 2^53. Whatever has
 * an exponent, a unit, a currency or a percent sign is text: {@code 0e1} and {@code 0e2} are names
 * as often as they are zero.
 */
final class NumberOrText {
  private static final Pattern NUMBER =
      Pattern.compile(
          "([+\\-\u2212\u2013])?+(?=\\.?[0-9])([0-9]{1,3}(?:,[0-9]{3})++|[0-9]*+)(?:\\.([0-9]*+))?+");

  private NumberOrText() {}

  /** Whether the text is a plain number, up to the blanks at its ends. */
  static boolean isNumber(String text) {
    return NUMBER.matcher(AnswerText.strip(text)).matches();
  }

  /** The form; that of a number is its shortest plain writing. */
  static String of(String text) {
    Matcher number = NUMBER.matcher(AnswerText.strip(text));
    if (!number.matches()) {
      return AnswerText.fold(text);
    }
    String whole = withoutLeadingZeros(number.group(2).replace(",", ""));
    String fraction = number.group(3) == null ? "" : withoutTrailingZeros(number.group(3));
    if (whole.isEmpty() && fraction.isEmpty()) {
      return "0";
    }
    boolean negative = number.group(1) != null && !number.group(1).equals("+");
    return (negative ? "-" : "")
        + (whole.isEmpty() ? "0" : whole)
        + (fraction.isEmpty() ? "" : "." + fraction);
  }

  private static String withoutLeadingZeros(String digits) {
    int start = 0;
    while (start < digits.length() && digits.charAt(start) == '0') {
      start++;
    }
    return digits.substring(start);
  }

  private static String withoutTrailingZeros(String digits) {
    int end = digits.length();
    while (end > 0 && digits.charAt(end - 1) == '0') {
      end--;
    }
    return digits.substring(0, end);
  }
}
