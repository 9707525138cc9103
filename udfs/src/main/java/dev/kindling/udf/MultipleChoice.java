package dev.kindling.udf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.udf.math.Algebra;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The letter of an option, {@code A} to {@code Z}. The gold answers are letters.
 *
 * <p><b>Which letter of the answer counts.</b> An answer that is nothing but a letter, in any case
 * and with whatever marks stand around it ({@code b}, {@code (B).}, {@code **B**}), is that letter.
 * Else the capital that follows the last {@link Announcement} at once, but for marks and the words
 * {@code option}, {@code choice} and {@code letter} ({@code The answer is option (B)}); else the
 * one in the last {@code \boxed{}} around a letter. Else, where the context has {@code "choices"},
 * an array of the options' texts in their order, an answer that is one of them up to case and outer
 * white space. Else the capital in brackets, if all of those in brackets are one letter. Anything
 * else is {@code UNPARSEABLE}: to guess would reward an answer that names every option.
 */
final class MultipleChoice implements Rule {
  private static final String MARKS = "[\\s()\\[\\]{}*_.,:;'\"`$\\\\]*+";
  private static final Pattern ALONE = Pattern.compile(MARKS + "([A-Za-z])" + MARKS);
  private static final Pattern NEXT =
      Pattern.compile(
          MARKS
              + "(?:(?:the|option|choice|letter)\\b"
              + MARKS
              + "){0,3}([A-Z])(?![\\p{L}\\p{N}_'])");
  private static final Pattern BOXED =
      Pattern.compile(
          "\\\\boxed\\s*+\\{[\\s(]*+(?:\\\\(?:text|textbf|mathrm|mathbf)\\s*+\\{[\\s(]*+)?([A-Z])[\\s).:]*+\\}");
  private static final Pattern BRACKETED = Pattern.compile("\\(([A-Z])\\)");

  @Override
  public Judgement judge(List<String> goldAnswers, String context, String answer, Algebra algebra) {
    List<String> letters = new ArrayList<>();
    for (String gold : goldAnswers) {
      Matcher letter = ALONE.matcher(gold);
      if (!letter.matches()) {
        throw new IllegalArgumentException(
            "gold answer '" + gold + "' is not a letter from A to Z");
      }
      letters.add(upper(letter.group(1)));
    }
    String chosen = letter(answer, VerifierContext.read(context).path("choices"));
    if (chosen == null) {
      return Judgement.unparseable("the answer names no option, or several");
    }
    return letters.contains(chosen)
        ? Judgement.correct(chosen)
        : Judgement.wrong(chosen, chosen + " is not the option");
  }

  private static String letter(String answer, JsonNode choices) {
    Matcher alone = ALONE.matcher(answer);
    if (alone.matches()) {
      return upper(alone.group(1));
    }
    List<Integer> announced = Announcement.ends(answer);
    if (!announced.isEmpty()) {
      Matcher next =
          NEXT.matcher(answer).region(announced.get(announced.size() - 1), answer.length());
      if (next.lookingAt()) {
        return next.group(1);
      }
    }
    List<String> boxed = all(BOXED, answer);
    if (!boxed.isEmpty()) {
      return boxed.get(boxed.size() - 1);
    }
    String text = AnswerText.fold(answer);
    for (int i = 0; i < Math.min(choices.size(), 26); i++) {
      if (AnswerText.fold(choices.get(i).asText()).equals(text)) {
        return Character.toString('A' + i);
      }
    }
    List<String> bracketed = all(BRACKETED, answer).stream().distinct().toList();
    return bracketed.size() == 1 ? bracketed.get(0) : null;
  }

  private static List<String> all(Pattern pattern, String text) {
    List<String> letters = new ArrayList<>();
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      letters.add(matcher.group(1));
    }
    return letters;
  }

  private static String upper(String letter) {
    return Character.toString(Character.toUpperCase(letter.charAt(0)));
  }
}
