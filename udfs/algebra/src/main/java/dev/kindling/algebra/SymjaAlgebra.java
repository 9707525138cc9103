package dev.kindling.algebra;

import dev.kindling.udf.Judgement;
import dev.kindling.udf.worker.Request;
import org.matheclipse.core.eval.ExprEvaluator;

/** Equality of expressions by Symja. */
final class SymjaAlgebra {
  private final ExprEvaluator evaluator = new ExprEvaluator(true, (short) 0);

  /** Correct if the expression of a row's gold answer less that of its answer is zero. */
  Judgement judge(Request row) {
    String difference = "(" + row.gold().get(0) + ")-(" + row.answer() + ")";
    try {
      boolean zero =
          evaluator.eval("PossibleZeroQ(" + difference + ")").isTrue()
              || evaluator.eval("Simplify(" + difference + ")").isZero();
      return zero
          ? Judgement.correct(row.answer())
          : Judgement.wrong(row.answer(), "the difference is not zero");
    } catch (RuntimeException | StackOverflowError e) {
      // The next row must not find what this one left half done.
      evaluator.clearVariables();
      return Judgement.error("algebra failed: " + e);
    }
  }
}
