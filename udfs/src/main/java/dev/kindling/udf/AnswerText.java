package dev.kindling.udf;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The normal form in which the evaluators of HotpotQA and MuSiQue (after SQuAD) compare answers.
 * They are Python programs, so lower case, words and blanks are Python's.
 */
public final class AnswerText {
  private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");
  // A word boundary of ASCII would see the article "a" in "Peña", and one that looks back sees half
  // of a letter of two chars.
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]++");
  private static final Set<String> ARTICLES = Set.of("a", "an", "the");

  private AnswerText() {}

  /**
   * Lower-cases, deletes the 32 ASCII punctuation characters, replaces the articles a, an, the by a
   * space, and joins the words with one space. The order matters: {@code "U.S."} becomes {@code
   * "us"} and {@code "an-apple"} becomes {@code "anapple"}.
   *
   * @param text any text
   * @return its normal form; empty for a text of articles and punctuation only
   */
  public static String normalize(String text) {
    return String.join(" ", words(text));
  }

  /** The words of the normal form of {@code text}, in order. */
  public static List<String> words(String text) {
    String bare = PUNCTUATION.matcher(LowerCase.of(text)).replaceAll("");
    String spaced =
        WORD.matcher(bare).replaceAll(word -> ARTICLES.contains(word.group()) ? " " : "$0");
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= spaced.length(); i++) {
      if (i == spaced.length() || isSpace(spaced.charAt(i))) {
        if (i > start) {
          words.add(spaced.substring(start, i));
        }
        start = i + 1;
      }
    }
    return words;
  }

  /** The text in lower case, without the blanks at its ends. */
  static String fold(String text) {
    return LowerCase.of(strip(text));
  }

  /** The text without the blanks at its ends, as Python's {@code str.strip()} has it. */
  static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** Whether a reader sees nothing: blanks, control and format characters alone. */
  static boolean isBlank(String text) {
    return text.codePoints()
        .allMatch(
            c ->
                isSpace(c)
                    || Character.isISOControl(c)
                    || Character.getType(c) == Character.FORMAT);
  }

  /** Whether Python's {@code str.split()} splits at this character: U+00A0 yes, U+200B no. */
  static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }
}
