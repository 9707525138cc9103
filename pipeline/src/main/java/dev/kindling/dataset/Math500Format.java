package dev.kindling.dataset;

/**
 * MATH-500, the problems of MATH (arXiv:2103.03874) that OpenAI's PRM800K tests on, as on Hugging
 * Face: JSON lines with {@code unique_id}, {@code problem}, {@code answer}, {@code level} and
 * {@code subject}.
 */
final class Math500Format implements MathFormat {
  @Override
  public String id(long record, RecordFields fields) {
    return fields.text("unique_id");
  }

  @Override
  public MathProblem problem(RecordFields fields) {
    return new MathProblem(
        fields.text("problem"),
        fields.text("answer"),
        "",
        fields.text("subject"),
        fields.textOrInteger("level"));
  }
}
