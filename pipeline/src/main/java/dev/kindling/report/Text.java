package dev.kindling.report;

/** Makes sampled text, which may hold any byte a policy can utter, safe and readable. */
final class Text {
  private Text() {}

  /**
   * Shows control characters as their pictures (U+2400 to U+2421), keeping tabs and line ends, and
   * replaces lone surrogates, which no encoding can carry.
   */
  static String visible(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().map(Text::picture).forEach(out::appendCodePoint);
    return out.toString();
  }

  private static int picture(int character) {
    if (character == '\n' || character == '\t') {
      return character;
    }
    if (character < 0x20) {
      return 0x2400 + character;
    }
    if (character == 0x7f) {
      return 0x2421;
    }
    boolean unprintable =
        Character.getType(character) == Character.CONTROL
            || Character.getType(character) == Character.SURROGATE;
    return unprintable ? 0xfffd : character;
  }

  /** The text as HTML text or as a quoted attribute's value. */
  static String html(String text) {
    return visible(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** The last {@code length} code points of the text, after an ellipsis when some were cut. */
  static String end(String text, int length) {
    int count = text.codePointCount(0, text.length());
    return count <= length
        ? text
        : "…" + text.substring(text.offsetByCodePoints(text.length(), -length));
  }

  /** The first and the last code points of the text, with the number of those left out between. */
  static String ends(String text, int first, int last) {
    int count = text.codePointCount(0, text.length());
    return count <= first + last
        ? text
        : text.substring(0, text.offsetByCodePoints(0, first))
            + " … %d characters left out … ".formatted(count - first - last)
            + text.substring(text.offsetByCodePoints(text.length(), -last));
  }
}
