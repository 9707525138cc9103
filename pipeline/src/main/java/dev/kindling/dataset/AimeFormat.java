package dev.kindling.dataset;

/**
 * The American Invitational Mathematics Examination of a year: JSON lines with {@code id}, {@code
 * problem} and {@code answer}, an integer from 0 to 999. Zeros before it, which the answer sheet
 * has room for, are left out.
 */
final class AimeFormat implements MathFormat {
  @Override
  public String id(long record, RecordFields fields) {
    return fields.textOrInteger("id");
  }

  @Override
  public MathProblem problem(RecordFields fields) {
    String answer = fields.textOrInteger("answer");
    fields.require(
        answer.matches("[0-9]{1,3}"),
        "answer",
        fields.object().get("answer"),
        "must be an integer from 0 to 999");
    return new MathProblem(fields.text("problem"), Integer.toString(Integer.parseInt(answer)));
  }
}
