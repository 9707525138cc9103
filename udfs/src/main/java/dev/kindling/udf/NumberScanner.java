package dev.kindling.udf;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds the numbers of a text in one pass, without a regular expression.
 *
 * <p>A number is ASCII digits with an optional fraction ({@code .5} and {@code 0.5}, not {@code
 * 5.}) and exponent ({@code 1.5e3}). A comma between two digits is a thousands comma, as in FinQA's
 * own evaluator. A minus sign counts when it touches the digits or the dollar sign and does not
 * follow a letter, digit, bracket or percent sign: {@code 2007-2008} is two years. Brackets around
 * a number make it negative. {@code %} (also LaTeX's {@code \%}) or {@code percent}, or a word of
 * magnitude ({@code million}), may follow. Digits that are part of a word ({@code Q3}, {@code 3rd})
 * or of something else ({@code 1.2.3}) or longer than any quantity are no number.
 */
final class NumberScanner {
  /** Longest number: a double has at most 309 digits before its point. */
  private static final int MAX_NUMBER_CHARS = 400;

  private static final int MAX_EXPONENT_DIGITS = 3;
  private static final String MINUS_SIGNS = "-\u2212\u2013";
  private static final Map<String, Integer> MAGNITUDES =
      Map.of(
          "thousand", 3, "million", 6, "millions", 6, "billion", 9, "billions", 9, "trillion", 12);

  private final String text;
  private int position;

  private NumberScanner(String text) {
    this.text = text;
  }

  /**
   * All numbers of a text, in order. A bracketed repetition of the number before it, which FinQA's
   * tables print ({@code -36 ( 36 )}, {@code 22% ( 22 % )}), is not a number of its own.
   */
  static List<WrittenNumber> scan(String text) {
    NumberScanner scanner = new NumberScanner(text);
    List<WrittenNumber> numbers = new ArrayList<>();
    WrittenNumber previous = null;
    for (WrittenNumber number = scanner.next(); number != null; number = scanner.next()) {
      if (previous == null || !scanner.repeats(previous, number)) {
        numbers.add(number);
        previous = number;
      }
    }
    return numbers;
  }

  private boolean repeats(WrittenNumber previous, WrittenNumber number) {
    return number.bracketed()
        && skipSpaces(previous.end()) == number.start()
        && number.value().abs().compareTo(previous.value().abs()) == 0;
  }

  /** The next number at or after the position, or null at the end of the text. */
  private WrittenNumber next() {
    while (position < text.length()) {
      int start = position;
      if (!startsDigits(start)) {
        position++;
        continue;
      }
      WrittenNumber number = isWordPart(start - 1) ? null : read(start);
      if (number != null) {
        position = number.end();
        return number;
      }
      skipRun();
    }
    return null;
  }

  /** Passes over digits that are no number, with all that hangs together with them. */
  private void skipRun() {
    position++;
    while (isWordPart(position) || (isOneOf(position, ".,") && isDigit(position + 1))) {
      position++;
    }
  }

  /** Reads the number whose digits begin at {@code digits}; null if they are part of a word. */
  private WrittenNumber read(int digits) {
    int end = endOfDecimal(digits);
    end = endOfExponent(end);
    boolean goesOn = isOneOf(end, ".,") && isDigit(end + 1);
    if (goesOn || end - digits > MAX_NUMBER_CHARS) {
      return null;
    }
    Suffix suffix = suffixAt(end);
    if (suffix == null) {
      return null;
    }
    int start = digits;
    boolean minus = isSign(start - 1);
    if (minus) {
      start--;
    }
    int dollar = skipSpacesBack(start) - 1;
    if (isOneOf(dollar, "$")) {
      start = dollar;
      if (!minus && isSign(start - 1)) {
        minus = true;
        start--;
      }
    }
    int open = skipSpacesBack(start) - 1;
    int close = skipSpaces(suffix.end());
    boolean bracketed = isOneOf(open, "(") && isOneOf(close, ")");
    if (bracketed) {
      start = open;
      Suffix outer = suffixAt(close + 1);
      suffix = outer == null || !suffix.isNone() ? suffix.endingAt(close + 1) : outer;
    }
    BigDecimal size = new BigDecimal(text.substring(digits, end).replace(",", ""));
    BigDecimal value = minus || bracketed ? size.negate() : size;
    return new WrittenNumber(
        value, suffix.percent(), suffix.magnitude(), bracketed, start, suffix.end());
  }

  private int endOfDecimal(int digits) {
    int end = digits;
    while (isDigit(end) || (end > digits && isOneOf(end, ",") && isDigit(end + 1))) {
      end++;
    }
    if (isOneOf(end, ".") && isDigit(end + 1)) {
      end = endOfDigits(end + 1);
    }
    return end;
  }

  private int endOfExponent(int end) {
    if (!isOneOf(end, "eE")) {
      return end;
    }
    int digits = isOneOf(end + 1, "+-") ? end + 2 : end + 1;
    int exponentEnd = endOfDigits(digits);
    int length = exponentEnd - digits;
    return length >= 1 && length <= MAX_EXPONENT_DIGITS ? exponentEnd : end;
  }

  private int endOfDigits(int from) {
    int end = from;
    while (isDigit(end)) {
      end++;
    }
    return end;
  }

  /** What follows a number's digits at {@code end}; null if they go on as a word. */
  private Suffix suffixAt(int end) {
    int word = skipSpaces(end);
    int sign = isOneOf(word, "\\") ? word + 1 : word;
    if (isOneOf(sign, "%")) {
      return new Suffix(true, 0, sign + 1);
    }
    int wordEnd = word;
    while (isWordPart(wordEnd)) {
      wordEnd++;
    }
    String name = text.substring(word, wordEnd).toLowerCase(Locale.ROOT);
    if (name.equals("percent")) {
      return new Suffix(true, 0, wordEnd);
    }
    if (MAGNITUDES.containsKey(name)) {
      return new Suffix(false, MAGNITUDES.get(name), wordEnd);
    }
    return isWordPart(end) ? null : new Suffix(false, 0, end);
  }

  private boolean isSign(int index) {
    return index >= 0
        && MINUS_SIGNS.indexOf(text.charAt(index)) >= 0
        && !isWordPart(index - 1)
        && !isOneOf(index - 1, ")]%" + MINUS_SIGNS);
  }

  private boolean startsDigits(int index) {
    return isDigit(index) || (isOneOf(index, ".") && isDigit(index + 1));
  }

  private boolean isDigit(int index) {
    return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
  }

  private boolean isWordPart(int index) {
    return index >= 0
        && index < text.length()
        && (Character.isLetterOrDigit(text.charAt(index)) || text.charAt(index) == '_');
  }

  private boolean isOneOf(int index, String characters) {
    return index >= 0 && index < text.length() && characters.indexOf(text.charAt(index)) >= 0;
  }

  private int skipSpaces(int from) {
    int index = from;
    while (index < text.length() && AnswerText.isSpace(text.charAt(index))) {
      index++;
    }
    return index;
  }

  private int skipSpacesBack(int from) {
    int index = from;
    while (index > 0 && AnswerText.isSpace(text.charAt(index - 1))) {
      index--;
    }
    return index;
  }

  /** What may follow a number. */
  private record Suffix(boolean percent, int magnitude, int end) {
    boolean isNone() {
      return !percent && magnitude == 0;
    }

    Suffix endingAt(int newEnd) {
      return new Suffix(percent, magnitude, newEnd);
    }
  }
}
