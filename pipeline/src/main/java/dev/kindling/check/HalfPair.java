package dev.kindling.check;

/**
 * Half a surrogate pair: a {@code char} of Java and an escape of JSON, but no character of Unicode.
 * UTF-8 has no bytes for it, so a file would get {@code ?} in its place and a tokenizer U+FFFD.
 */
public final class HalfPair {
  private HalfPair() {}

  /** Place of the first half without its other one, in chars from 0; -1 where there is none. */
  public static int find(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (Character.charCount(text.codePointAt(i)) == 1) {
          return i;
        }
        i++;
      }
    }
    return -1;
  }

  /** The rule that a text with one breaks. */
  public static String rule(int place) {
    return "must be Unicode: it has half a surrogate pair at character " + place;
  }

  /** The text with halves written as JSON escapes them, for messages. */
  public static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            character -> {
              if (Character.getType(character) == Character.SURROGATE) {
                escaped.append("\\u%04x".formatted(character));
              } else {
                escaped.appendCodePoint(character);
              }
            });
    return escaped.toString();
  }
}
