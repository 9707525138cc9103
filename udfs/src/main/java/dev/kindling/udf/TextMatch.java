package dev.kindling.udf;

import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/**
 * Compares the form of the answer with the form of each gold answer. An answer that matches none
 * and whose form is empty is {@code UNPARSEABLE}: nothing was answered.
 *
 * @param form what is compared of a text
 * @param matches whether (form of the gold answer, form of the answer) match
 * @param relation the sentence's words between the answer and the gold answer when they do not
 */
record TextMatch(UnaryOperator<String> form, BiPredicate<String, String> matches, String relation)
    implements Verifier {
  /** Equal once the blanks at both ends are gone. */
  static final TextMatch EXACT_STRING = new TextMatch(String::strip, String::equals, "is not");

  /** Equal in the normal form of {@link AnswerText#normalize}, as HotpotQA and MuSiQue have it. */
  static final TextMatch EXACT_MATCH =
      new TextMatch(AnswerText::normalize, String::equals, "is not");

  /** The normalised gold answer is a part of the normalised answer; for evaluation. */
  static final TextMatch SUBSTRING_MATCH =
      new TextMatch(AnswerText::normalize, TextMatch::isPart, "does not contain");

  @Override
  public Judgement judge(List<String> goldAnswers, String context, String answer) {
    String answered = form.apply(answer);
    for (String gold : goldAnswers) {
      if (matches.test(form.apply(gold), answered)) {
        return Judgement.correct(answered);
      }
    }
    return answered.isEmpty()
        ? Judgement.unparseable("the answer is empty")
        : Judgement.wrong(answered, "the answer " + relation + " a gold answer");
  }

  private static boolean isPart(String gold, String answer) {
    // An empty gold answer is a part of every text, which would reward anything.
    return gold.isEmpty() ? answer.isEmpty() : answer.contains(gold);
  }
}
