package dev.kindling.udf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The normal form in which the evaluators of HotpotQA and MuSiQue (after SQuAD) compare answers.
 */
public final class AnswerText {
  private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");
  // An ASCII word boundary would see the article "a" in "Peña".
  private static final Pattern ARTICLE =
      Pattern.compile("(?<![\\p{L}\\p{N}_])(?:a|an|the)(?![\\p{L}\\p{N}_])");

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
    String lower = text.toLowerCase(Locale.ROOT);
    String bare = PUNCTUATION.matcher(lower).replaceAll("");
    String spaced = ARTICLE.matcher(bare).replaceAll(" ");
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

  /** Whether Python's {@code str.split()} splits at this character: U+00A0 yes, U+200B no. */
  static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }
}
