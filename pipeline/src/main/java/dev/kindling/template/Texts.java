package dev.kindling.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Python's operations on texts that more than one method or filter needs. */
final class Texts {
  private Texts() {}

  /** Python's {@code isspace} of one character. */
  static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  /** Without leading and trailing characters of a set; null stands for white space. */
  static String strip(String text, String set, boolean atStart, boolean atEnd) {
    int from = 0;
    int to = text.length();
    while (atStart && from < to && isIn(text.charAt(from), set)) {
      from++;
    }
    while (atEnd && to > from && isIn(text.charAt(to - 1), set)) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isIn(char c, String set) {
    return set == null ? isSpace(c) : set.indexOf(c) >= 0;
  }

  /** Order of texts by code points. */
  static int compare(String a, String b) {
    int[] left = a.codePoints().toArray();
    int[] right = b.codePoints().toArray();
    return java.util.Arrays.compare(left, right);
  }

  /** Parts between separators, at most {@code most} + 1; negative for all. */
  static List<Object> split(String text, String separator, int most) {
    if (separator.isEmpty()) {
      throw new TemplateFault("splits a text at an empty separator");
    }
    List<Object> parts = new ArrayList<>();
    int from = 0;
    int end = text.indexOf(separator);
    while (end >= 0 && parts.size() != most) {
      parts.add(text.substring(from, end));
      from = end + separator.length();
      end = text.indexOf(separator, from);
    }
    parts.add(text.substring(from));
    return parts;
  }

  /** The same, from the right. */
  static List<Object> splitRight(String text, String separator, int most) {
    List<Object> parts = split(text, separator, -1);
    if (most < 0 || parts.size() <= most + 1) {
      return parts;
    }
    int kept = parts.size() - most;
    List<Object> joined = new ArrayList<>();
    joined.add(join(separator, parts.subList(0, kept)));
    joined.addAll(parts.subList(kept, parts.size()));
    return joined;
  }

  /** Words between runs of white space, at most {@code most} + 1; negative for all. */
  static List<Object> words(String text, int most) {
    List<Object> words = new ArrayList<>();
    int at = 0;
    while (true) {
      while (at < text.length() && isSpace(text.charAt(at))) {
        at++;
      }
      if (at == text.length()) {
        return words;
      }
      if (words.size() == most) {
        words.add(strip(text.substring(at), null, false, true));
        return words;
      }
      int from = at;
      while (at < text.length() && !isSpace(text.charAt(at))) {
        at++;
      }
      words.add(text.substring(from, at));
    }
  }

  /** The words from the right: the first part keeps its white space but at its ends. */
  static List<Object> wordsRight(String text, int most) {
    String reversed = new StringBuilder(text).reverse().toString();
    List<Object> words = new ArrayList<>();
    for (Object word : words(reversed, most)) {
      words.add(0, new StringBuilder((String) word).reverse().toString());
    }
    return words;
  }

  static String join(String separator, List<?> parts) {
    long length = 0;
    for (Object part : parts) {
      length += ((String) part).length() + separator.length();
    }
    Budget.requireText(length);
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      joined.append(i == 0 ? "" : separator).append((String) parts.get(i));
    }
    return joined.toString();
  }

  /** The first {@code most} occurrences replaced; negative for all. */
  static String replace(String text, String old, String replacement, int most) {
    if (old.isEmpty()) {
      return between(text, replacement, most);
    }
    return join(replacement, split(text, old, most));
  }

  private static String between(String text, String inserted, int most) {
    StringBuilder out = new StringBuilder();
    int[] points = text.codePoints().toArray();
    for (int i = 0; i <= points.length; i++) {
      out.append(most < 0 || i < most ? inserted : "");
      if (i < points.length) {
        out.appendCodePoint(points[i]);
      }
      Budget.requireText(out.length());
    }
    return out.toString();
  }

  static String repeat(String text, long times) {
    long count = Math.max(0, times);
    if (text.isEmpty() || count == 0) {
      return "";
    }
    Budget.requireText(count > Budget.MOST_TEXT ? count : count * text.length());
    return text.repeat((int) count);
  }

  /** Lines with, or without, their ends. */
  static List<Object> lines(String text, boolean keepsEnds) {
    List<Object> lines = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      if ("\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029".indexOf(text.charAt(i)) >= 0) {
        boolean isPair = text.startsWith("\r\n", i);
        int end = i + (isPair ? 2 : 1);
        lines.add(text.substring(from, keepsEnds ? end : i));
        from = end;
        i = end - 1;
      }
    }
    if (from < text.length()) {
      lines.add(text.substring(from));
    }
    return lines;
  }

  /** One letter in title case, which for some is several: ß becomes Ss. */
  static String titleCase(String letter) {
    int title = Character.toTitleCase(letter.codePointAt(0));
    String upper = letter.toUpperCase(Locale.ROOT);
    if (title != letter.codePointAt(0) || Character.isTitleCase(title) || upper.equals(letter)) {
      return Character.toString(title);
    }
    int first = upper.offsetByCodePoints(0, 1);
    return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
  }

  /** First letter large, the others small. */
  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return titleCase(text.substring(0, first)) + text.substring(first).toLowerCase(Locale.ROOT);
  }

  /** {@code repr} of a text. */
  static void quote(StringBuilder out, String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    text.codePoints()
        .forEach(
            c -> {
              if (c == quote || c == '\\') {
                out.append('\\').append((char) c);
              } else if (c == '\n' || c == '\r' || c == '\t') {
                out.append('\\').append(c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
              } else if (isPrintable(c)) {
                out.appendCodePoint(c);
              } else {
                out.append(
                    c < 0x100
                        ? "\\x%02x".formatted(c)
                        : c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c));
              }
            });
    out.append(quote);
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }
}
