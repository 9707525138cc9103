package dev.kindling.dataset;

import java.util.List;

/**
 * OlympiadBench (arXiv:2402.14008), its open-ended problems in text, as JSON lines: {@code id},
 * {@code question}, {@code context}, which stands before the question where there is one, {@code
 * subfield} and {@code final_answer[]}. The gold answer is the first of these without the {@code $}
 * of its formulas.
 */
final class OlympiadbenchFormat implements MathFormat {
  @Override
  public String id(long record, RecordFields fields) {
    return fields.textOrInteger("id");
  }

  @Override
  public MathProblem problem(RecordFields fields) {
    List<String> answers = fields.texts("final_answer");
    String answer = answers.isEmpty() ? "" : answers.get(0).replaceAll("(?<!\\\\)\\$", "").strip();
    fields.require(
        !answer.isEmpty(),
        "final_answer",
        fields.object().get("final_answer"),
        "must begin with a text, not blank");
    String problem = fields.textOr("context", "") + "\n\n" + fields.text("question");
    return new MathProblem(problem, answer, "", fields.textOr("subfield", ""), "");
  }
}
