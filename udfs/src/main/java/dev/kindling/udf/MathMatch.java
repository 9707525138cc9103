package dev.kindling.udf;

import dev.kindling.udf.math.Algebra;
import dev.kindling.udf.math.AlgebraFaultException;
import dev.kindling.udf.math.MathAnswers;
import java.util.List;

/** Final answers of mathematics; the rules stand at {@link MathAnswers}. */
final class MathMatch implements Rule {
  @Override
  public Judgement judge(List<String> goldAnswers, String context, String answer, Algebra algebra) {
    if (AnswerText.isBlank(answer)) {
      return Judgement.unparseable("the answer is empty");
    }
    return MathAnswers.judge(goldAnswers, answer, algebra);
  }

  @Override
  public boolean isSame(String context, String one, String other, Algebra algebra) {
    try {
      return MathAnswers.isSame(one, other, algebra);
    } catch (AlgebraFaultException unknown) {
      return false;
    }
  }
}
