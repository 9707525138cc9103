package dev.kindling.udf.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a text gives its final answer: in the last balanced {@code \boxed{}}, else behind the last
 * "answer is" or "Answer:", else behind GSM8K's {@code ####}; a text without any of these is the
 * answer. Of an answer in sentences the last formula or number counts.
 */
final class FinalAnswer {
  private static final Pattern ANNOUNCED =
      Pattern.compile(
          "\\banswers?(?:\\s++(?:is|are)\\b|\\s*+[:=\uff1a]|\\s++(?=[$\\\\]))|答案\\s*+[是为為:\uff1a]",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern SENTENCE_END = Pattern.compile("[.。](?:\\s++(?=[A-Z])|\\s*+$)");

  private static final Pattern SPECIAL_TOKEN = Pattern.compile("<\\|[^|<>]{1,40}\\|>");

  private static final Pattern WORD = Pattern.compile("(?<![A-Za-z\\\\])[A-Za-z]{2,}");

  /**
   * Characters at the end of a text in which its final answer is looked for. Far more than one
   * takes, and what bounds the time that a text takes which is written to take long.
   */
  private static final int LAST_CHARS = 4096;

  /** Words that make a text sentences rather than a value with its unit. */
  private static final int WORDS_OF_PROSE = 3;

  private static final Pattern COMMANDS_AND_SIGNS = Pattern.compile("\\\\[A-Za-z]+|[^A-Za-z,; ]");

  private static final Pattern NUMBER_BEHIND_HASHES = Pattern.compile("\\$?[-+]?[0-9][0-9.,]*+");

  /** Between two boxes of one answer: a comma, or some words with an "and" among them. */
  private static final Pattern JOINING =
      Pattern.compile("\\s*[,;]\\s*|\\s*,?(?:\\s*[A-Za-z]+\\s){0,4}?\\s*and(?:\\s+[A-Za-z]+)?\\s*");

  private FinalAnswer() {}

  /**
   * The texts that may be the final answer, the likelier first: of several boxes that only commas
   * or "and" part, the last and all of them together.
   *
   * @return one or two texts; none where the text is blank at its end
   */
  static List<String> of(String whole) {
    String text = whole.substring(Math.max(0, whole.length() - LAST_CHARS));
    List<String> boxed = boxed(text);
    if (!boxed.isEmpty()) {
      return boxed;
    }
    String piece = announced(text).or(() -> behindHashes(text)).orElse(text).strip();
    return piece.isEmpty() ? List.of() : List.of(piece);
  }

  private static List<String> boxed(String text) {
    if (!text.contains("boxed")) {
      return List.of();
    }
    Braces braces = new Braces(text);
    List<int[]> boxes = new ArrayList<>();
    for (int at = text.indexOf("boxed"); at >= 0; at = text.indexOf("boxed", at + 5)) {
      int open = at + 5;
      if (at == 0 || text.charAt(at - 1) != '\\' || open >= text.length()) {
        continue;
      }
      if (text.charAt(open) == '{') {
        int close = braces.close(open);
        if (close < 0) {
          // Not closed, so neither is any that it holds but those that are.
          continue;
        }
        boxes.add(new int[] {open + 1, close, at - 1});
        at = close - 5;
      } else if (text.charAt(open) == ' ') {
        int end = wordEnd(text, open + 1);
        boxes.add(new int[] {open + 1, end, at - 1});
      }
    }
    if (boxes.isEmpty()) {
      return List.of();
    }
    int first = boxes.size() - 1;
    while (first > 0 && joins(text.substring(boxes.get(first - 1)[1], boxes.get(first)[2]))) {
      first--;
    }
    List<String> contents = new ArrayList<>();
    boxes.subList(first, boxes.size()).forEach(box -> contents.add(text.substring(box[0], box[1])));
    String last = contents.get(contents.size() - 1).strip();
    return contents.size() == 1 ? List.of(last) : List.of(last, String.join(", ", contents));
  }

  private static int wordEnd(String text, int from) {
    int end = from;
    while (end < text.length() && " \t\r\n$.,".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static boolean joins(String between) {
    if (between.length() > 100) {
      return false;
    }
    return JOINING.matcher(COMMANDS_AND_SIGNS.matcher(between).replaceAll("")).matches();
  }

  private static Optional<String> announced(String text) {
    int end = -1;
    for (Matcher matcher = ANNOUNCED.matcher(text); matcher.find(); ) {
      end = matcher.end();
    }
    return end < 0 ? Optional.empty() : Optional.of(firstSentence(text.substring(end).strip()));
  }

  private static Optional<String> behindHashes(String text) {
    int at = text.lastIndexOf("####");
    if (at < 0) {
      return Optional.empty();
    }
    String line = text.substring(at + 4).strip().split("\\R", 2)[0];
    Matcher number = NUMBER_BEHIND_HASHES.matcher(line);
    return Optional.of(number.lookingAt() ? number.group() : line);
  }

  private static String firstSentence(String text) {
    // Formulas between \[ and \] may take several lines.
    String line = text.startsWith("\\[") || text.startsWith("$$") ? text : text.split("\\R", 2)[0];
    Matcher special = SPECIAL_TOKEN.matcher(line);
    String plain = special.find() ? line.substring(0, special.start()) : line;
    Matcher end = SENTENCE_END.matcher(plain);
    return end.find() ? plain.substring(0, end.start()) : plain;
  }

  /** Whether a text is sentences: words in braces, as of units, do not count. */
  static boolean isProse(String text) {
    Matcher words = WORD.matcher(text.indexOf('{') < 0 ? text : outsideBraces(text));
    for (int i = 0; i < WORDS_OF_PROSE; i++) {
      if (!words.find()) {
        return false;
      }
    }
    return true;
  }

  private static String outsideBraces(String text) {
    StringBuilder outside = new StringBuilder();
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '{' ? 1 : c == '}' && depth > 0 ? -1 : 0;
      if (depth == 0) {
        outside.append(c);
      }
    }
    return outside.toString();
  }

  /** The last formula between delimiters, or the last number outside of them. */
  static Optional<String> lastFormula(String text) {
    String last = null;
    boolean[] missing = new boolean[3];
    int depth = 0;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      char next = at + 1 < text.length() ? text.charAt(at + 1) : '\0';
      int kind = c == '$' ? 0 : c == '\\' && next == '(' ? 1 : c == '\\' && next == '[' ? 2 : -1;
      if (kind >= 0 && !missing[kind]) {
        int from = at + (kind == 0 && next != '$' ? 1 : 2);
        String closing = kind == 1 ? "\\)" : kind == 2 ? "\\]" : next == '$' ? "$$" : "$";
        int close = text.indexOf(closing, from);
        missing[kind] = close < 0;
        if (close >= 0) {
          last = text.substring(from, close);
          at = close + closing.length();
          continue;
        }
      }
      if (depth <= 0 && c >= '0' && c <= '9') {
        int from = at > 0 && text.charAt(at - 1) == '-' ? at - 1 : at;
        at = numberEnd(text, at);
        last = text.substring(from, at);
        continue;
      }
      at++;
    }
    return Optional.ofNullable(last);
  }

  /** Behind digits, and what of commas, points, slashes and signs of percent joins more to them. */
  private static int numberEnd(String text, int from) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean joins =
          (c == ',' || c == '.' || c == '/')
              && at + 1 < text.length()
              && Character.isDigit(text.charAt(at + 1));
      if (c == '%') {
        return at + 1;
      }
      if (!Character.isDigit(c) && !joins) {
        break;
      }
      at++;
    }
    return at;
  }
}
