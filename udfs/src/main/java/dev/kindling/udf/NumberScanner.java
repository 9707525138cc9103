package dev.kindling.udf;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds the numbers of a text in one pass, without a regular expression.
 *
 * <p>A number is ASCII digits with an optional fraction ({@code .5} and {@code 0.5}, not {@code
 * 5.}) and exponent ({@code 1.5e3}). A comma between two digits is a thousands comma, as in FinQA's
 * own evaluator. A minus sign counts when it touches the digits or the sign of a currency and does
 * not follow a letter, digit, bracket or percent sign: {@code 2007-2008} is two years. Brackets
 * around a number make it negative. A {@link NumberUnit} may follow. Digits, points, signs and
 * brackets of full width are read as their ASCII forms.
 *
 * <p>Digits that are part of a word ({@code Q3}, {@code 3rd}) or of something else ({@code 1.2.3})
 * or longer than any quantity are no number. Scripts that write words without spaces, or endings to
 * digits, have no such words: {@code 答案是42} holds 42. The names {@code 3M}, {@code 8K}, {@code 10K}
 * and {@code 401k}, of a company, reports and a plan, are numbers only behind a currency.
 */
final class NumberScanner {
  /** Longest number: a double has at most 309 digits before its point. */
  private static final int MAX_NUMBER_CHARS = 400;

  private static final int MAX_EXPONENT_DIGITS = 3;
  private static final String MINUS_SIGNS = "-\u2212\u2013";
  private static final Set<String> NAMES = Set.of("3m", "8k", "10k", "401k");
  private static final Set<Character.UnicodeScript> WITHOUT_SPACES =
      EnumSet.of(
          Character.UnicodeScript.HAN,
          Character.UnicodeScript.HIRAGANA,
          Character.UnicodeScript.KATAKANA,
          Character.UnicodeScript.HANGUL,
          Character.UnicodeScript.THAI,
          Character.UnicodeScript.LAO,
          Character.UnicodeScript.KHMER,
          Character.UnicodeScript.MYANMAR);

  private final String text;
  private int position;

  private NumberScanner(String text) {
    this.text = halfWidth(text);
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
        && skipSpaces(text, previous.end()) == number.start()
        && number.value().abs().compareTo(previous.value().abs()) == 0;
  }

  /** Characters of full width in their ASCII form, but the comma, which only separates. */
  private static String halfWidth(String text) {
    StringBuilder narrow = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '\uff01' && c <= '\uff5e' && c != '\uff0c') {
        narrow.setCharAt(i, (char) (c - '\uff01' + '!'));
      }
    }
    return narrow.toString();
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
    NumberUnit unit = NumberUnit.at(text, end);
    if (unit == null) {
      return null;
    }
    int start = digits;
    boolean minus = isSign(start - 1);
    if (minus) {
      start--;
    }
    int currency = skipSpacesBack(start) - 1;
    if (isCurrency(currency)) {
      start = currency;
      if (!minus && isSign(start - 1)) {
        minus = true;
        start--;
      }
    } else if (!minus
        && NAMES.contains(text.substring(digits, unit.end()).toLowerCase(Locale.ROOT))) {
      return null;
    }
    int open = skipSpacesBack(start) - 1;
    int close = skipSpaces(text, unit.end());
    boolean bracketed = isOneOf(open, "(") && isOneOf(close, ")");
    if (bracketed) {
      start = open;
      NumberUnit outer = NumberUnit.at(text, close + 1);
      unit = outer == null || !unit.isNone() ? unit.endingAt(close + 1) : outer;
    }
    BigDecimal size = new BigDecimal(text.substring(digits, end).replace(",", ""));
    BigDecimal value = minus || bracketed ? size.negate() : size;
    return new WrittenNumber(value, unit.percent(), unit.magnitude(), bracketed, start, unit.end());
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

  private boolean isCurrency(int index) {
    return index >= 0 && Character.getType(text.charAt(index)) == Character.CURRENCY_SYMBOL;
  }

  private boolean isWordPart(int index) {
    return isWordPart(text, index);
  }

  /** Whether words that digits may belong to have the character at this place, if there is one. */
  static boolean isWordPart(String text, int index) {
    if (index < 0 || index >= text.length()) {
      return false;
    }
    char c = text.charAt(index);
    return c == '_'
        || Character.isDigit(c)
        || (Character.isLetter(c)
            && (c < 128 || !WITHOUT_SPACES.contains(Character.UnicodeScript.of(c))));
  }

  private boolean isOneOf(int index, String characters) {
    return index >= 0 && index < text.length() && characters.indexOf(text.charAt(index)) >= 0;
  }

  static int skipSpaces(String text, int from) {
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
}
