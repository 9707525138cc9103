package dev.kindling.udf;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What may follow the digits of a number: a percent sign, a magnitude, or that it is a multiple.
 *
 * <ul>
 *   <li>Percent: {@code %} (also LaTeX's {@code \%}), {@code percent}, {@code per cent}, {@code
 *       pct}, {@code pp} and {@code percentage points}.
 *   <li>Magnitudes: {@code thousand}, {@code million}, {@code billion}, {@code trillion}, also in
 *       the plural; {@code mn}, {@code mln}, {@code bn}, {@code bln}, {@code tn}, {@code trn};
 *       {@code 万} and {@code 亿} in their Chinese, Japanese and Korean letters; {@code bp}, {@code
 *       bps} and {@code basis points}, which are ten-thousandths.
 *   <li>Only where they touch the digits, for apart from them they are words of their own: {@code
 *       k}, {@code m}, {@code mm}, {@code b}, and {@code x}, which leaves the value as it is.
 * </ul>
 *
 * All in any case. {@code t} is a ton as often as a trillion, and is no unit.
 *
 * @param percent whether it says percent
 * @param magnitude power of ten that it says; 0 for none
 * @param end where its text ends, exclusive
 */
record NumberUnit(boolean percent, int magnitude, int end) {
  private static final Set<String> PERCENT = Set.of("percent", "pct", "pp");
  private static final Map<String, Set<String>> PERCENT_OF_TWO_WORDS =
      Map.of("per", Set.of("cent"), "percentage", Set.of("point", "points"));
  private static final Map<String, Integer> MAGNITUDES =
      Map.ofEntries(
          Map.entry("thousand", 3),
          Map.entry("thousands", 3),
          Map.entry("million", 6),
          Map.entry("millions", 6),
          Map.entry("mn", 6),
          Map.entry("mln", 6),
          Map.entry("billion", 9),
          Map.entry("billions", 9),
          Map.entry("bn", 9),
          Map.entry("bln", 9),
          Map.entry("trillion", 12),
          Map.entry("trillions", 12),
          Map.entry("tn", 12),
          Map.entry("trn", 12),
          Map.entry("bp", -4),
          Map.entry("bps", -4));
  private static final Map<String, Integer> TOUCHING =
      Map.of("k", 3, "m", 6, "mm", 6, "b", 9, "x", 0);
  private static final Map<Character, Integer> LETTERS =
      Map.of('万', 4, '萬', 4, '만', 4, '亿', 8, '億', 8, '억', 8);

  /** What follows a number's digits at {@code end}; null if they go on as a word. */
  static NumberUnit at(String text, int end) {
    int start = NumberScanner.skipSpaces(text, end);
    int sign = start < text.length() && text.charAt(start) == '\\' ? start + 1 : start;
    if (sign < text.length() && text.charAt(sign) == '%') {
      return new NumberUnit(true, 0, sign + 1);
    }
    if (start < text.length() && LETTERS.containsKey(text.charAt(start))) {
      return new NumberUnit(false, LETTERS.get(text.charAt(start)), start + 1);
    }
    int wordEnd = endOfWord(text, start);
    String word = word(text, start, wordEnd);
    if (PERCENT.contains(word)) {
      return new NumberUnit(true, 0, wordEnd);
    }
    if (MAGNITUDES.containsKey(word)) {
      return new NumberUnit(false, MAGNITUDES.get(word), wordEnd);
    }
    if (start == end && TOUCHING.containsKey(word)) {
      return new NumberUnit(false, TOUCHING.get(word), wordEnd);
    }
    NumberUnit unit = ofTwoWords(text, word, wordEnd);
    if (unit != null) {
      return unit;
    }
    return NumberScanner.isWordPart(text, end) ? null : new NumberUnit(false, 0, end);
  }

  private static NumberUnit ofTwoWords(String text, String first, int firstEnd) {
    boolean percent = PERCENT_OF_TWO_WORDS.containsKey(first);
    if (!percent && !first.equals("basis")) {
      return null;
    }
    int start = NumberScanner.skipSpaces(text, firstEnd);
    int end = endOfWord(text, start);
    String second = word(text, start, end);
    Set<String> seconds = PERCENT_OF_TWO_WORDS.get(percent ? first : "percentage");
    return seconds.contains(second) ? new NumberUnit(percent, percent ? 0 : -4, end) : null;
  }

  private static int endOfWord(String text, int start) {
    int end = start;
    while (NumberScanner.isWordPart(text, end)) {
      end++;
    }
    return end;
  }

  private static String word(String text, int start, int end) {
    return text.substring(start, end).toLowerCase(Locale.ROOT);
  }

  boolean isNone() {
    return !percent && magnitude == 0;
  }

  NumberUnit endingAt(int newEnd) {
    return new NumberUnit(percent, magnitude, newEnd);
  }
}
