package dev.kindling.udf;

import java.util.Locale;

/**
 * Lower case as Python's {@code str.lower()} has it. It differs from Java's in the capital sigma
 * alone: Python follows the Unicode standard's condition for a final one (section 3.13), Java looks
 * no further than the word.
 */
final class LowerCase {
  // Word_Break is MidLetter, MidNumLet or Single_Quote.
  private static final String INSIDE_WORDS =
      "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a";

  private LowerCase() {}

  static String of(String text) {
    int first = text.indexOf('Σ');
    if (first < 0) {
      return text.toLowerCase(Locale.ROOT);
    }
    StringBuilder known = new StringBuilder(text);
    for (int i = first; i >= 0; i = text.indexOf('Σ', i + 1)) {
      known.setCharAt(i, isFinal(text, i) ? 'ς' : 'σ');
    }
    return known.toString().toLowerCase(Locale.ROOT);
  }

  /** Whether a letter with a case comes before, and none after, whatever is ignored between. */
  private static boolean isFinal(String text, int sigma) {
    int before = sigma;
    while (before > 0 && isIgnored(text.codePointBefore(before))) {
      before -= Character.charCount(text.codePointBefore(before));
    }
    int after = sigma + 1;
    while (after < text.length() && isIgnored(text.codePointAt(after))) {
      after += Character.charCount(text.codePointAt(after));
    }
    return before > 0
        && isCased(text.codePointBefore(before))
        && (after == text.length() || !isCased(text.codePointAt(after)));
  }

  private static boolean isCased(int codePoint) {
    return Character.isLowerCase(codePoint)
        || Character.isUpperCase(codePoint)
        || Character.isTitleCase(codePoint);
  }

  private static boolean isIgnored(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.FORMAT,
          Character.MODIFIER_LETTER,
          Character.MODIFIER_SYMBOL ->
          true;
      default -> INSIDE_WORDS.indexOf(codePoint) >= 0;
    };
  }
}
