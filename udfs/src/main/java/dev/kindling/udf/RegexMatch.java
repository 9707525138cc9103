package dev.kindling.udf;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.kindling.udf.math.Algebra;
import java.util.List;

/**
 * The whole answer, without the blanks at both ends, matches a gold answer as a regular expression
 * of RE2: time is linear in the answer, whatever the expression, for nothing is tried twice. An
 * expression that may match a part says so: {@code (?s).*part.*}.
 */
final class RegexMatch implements Rule {
  @Override
  public Judgement judge(List<String> goldAnswers, String context, String answer, Algebra algebra) {
    if (AnswerText.isBlank(answer)) {
      return Judgement.unparseable("the answer is empty");
    }
    String stripped = answer.strip();
    for (String gold : goldAnswers) {
      try {
        if (Pattern.matches(gold, stripped)) {
          return Judgement.correct(stripped);
        }
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException("no regular expression: " + e.getMessage(), e);
      }
    }
    return Judgement.wrong(stripped, "the answer does not match a gold expression");
  }
}
