package dev.kindling.udf;

import dev.kindling.udf.math.Algebra;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/**
 * Compares the form of the answer with the form of each gold answer. An answer that matches none
 * and whose form is empty is {@code UNPARSEABLE}: nothing was answered. So is a blank answer,
 * whatever the gold answer.
 *
 * <p>A gold answer whose form is empty (the grade {@code A}, the operator {@code +}) would equal
 * every answer whose form is empty, and be a part of every text. It is right only when the whole
 * answer is that text, up to case and the blanks at both ends. HotpotQA's and MuSiQue's evaluators,
 * whose exact match is made for figures and not for rewards, call {@code The} right for {@code A}.
 *
 * @param form what is compared of a text
 * @param matches whether (form of the gold answer, form of the answer) match
 * @param relation the sentence's words between the answer and the gold answer when they do not
 */
record TextMatch(UnaryOperator<String> form, BiPredicate<String, String> matches, String relation)
    implements Rule {
  /** Equal as {@link NumberOrText} has it. */
  static final TextMatch ANSWER_MATCH = new TextMatch(NumberOrText::of, String::equals, "is not");

  /** Equal once the blanks at both ends are gone. */
  static final TextMatch EXACT_STRING = new TextMatch(String::strip, String::equals, "is not");

  /** Equal in the normal form of {@link AnswerText#normalize}, as HotpotQA and MuSiQue have it. */
  static final TextMatch EXACT_MATCH =
      new TextMatch(AnswerText::normalize, String::equals, "is not");

  /** The normalised gold answer is a part of the normalised answer; for evaluation. */
  static final TextMatch SUBSTRING_MATCH =
      new TextMatch(
          AnswerText::normalize, (gold, answer) -> answer.contains(gold), "does not contain");

  @Override
  public Judgement judge(List<String> goldAnswers, String context, String answer, Algebra algebra) {
    if (AnswerText.isBlank(answer)) {
      return Judgement.unparseable("the answer is empty");
    }
    String answered = form.apply(answer);
    for (String gold : goldAnswers) {
      String wanted = form.apply(gold);
      if (wanted.isEmpty()) {
        if (AnswerText.fold(gold).equals(AnswerText.fold(answer))) {
          return Judgement.correct(AnswerText.fold(answer));
        }
      } else if (matches.test(wanted, answered)) {
        return Judgement.correct(answered);
      }
    }
    return answered.isEmpty()
        ? Judgement.unparseable("the answer has no word that is compared")
        : Judgement.wrong(answered, "the answer " + relation + " a gold answer");
  }
}
