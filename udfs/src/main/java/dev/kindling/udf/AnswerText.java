package dev.kindling.udf;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The normal form in which the evaluators of HotpotQA and MuSiQue (after SQuAD) compare answers.
 * They are Python programs, so lower case, words and blanks are Python's.
 */
public final class AnswerText {
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
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    // Where the run of letters and digits begins that the next one would go on with. An article is
    // such a run, not a word: "Peña" has none, but "a°" has.
    int run = 0;
    String lower = LowerCase.of(text);
    for (int i = 0, c; i < lower.length(); i += Character.charCount(c)) {
      c = lower.codePointAt(i);
      if (isPunctuation(c)) {
        continue;
      }
      if (Character.isLetter(c) || isNumber(c)) {
        word.appendCodePoint(c);
        continue;
      }
      if (isArticle(word, run)) {
        word.setLength(run);
        end(word, words);
      }
      if (isSpace(c)) {
        end(word, words);
      } else {
        word.appendCodePoint(c);
      }
      run = word.length();
    }
    if (isArticle(word, run)) {
      word.setLength(run);
    }
    end(word, words);
    return words;
  }

  private static void end(StringBuilder word, List<String> words) {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  private static boolean isArticle(StringBuilder word, int run) {
    int length = word.length() - run;
    return length >= 1 && length <= 3 && ARTICLES.contains(word.substring(run));
  }

  /** ASCII's, and no other. */
  private static boolean isPunctuation(int c) {
    return c > ' '
        && c < 0x7f
        && !(c >= '0' && c <= '9')
        && !(c >= 'a' && c <= 'z')
        && !(c >= 'A' && c <= 'Z');
  }

  private static boolean isNumber(int c) {
    return Character.isDigit(c)
        || Character.getType(c) == Character.LETTER_NUMBER
        || Character.getType(c) == Character.OTHER_NUMBER;
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
