package dev.kindling.dataset;

import java.util.Optional;

/**
 * The problems of MIT's courses that Minerva (arXiv:2206.14858) was tested on, as JSON lines:
 * {@code idx}, {@code problem}, {@code solution} and {@code type}, the course. The gold answer is
 * what the last {@code \boxed} of the solution holds whose braces are balanced.
 */
final class MinervaFormat implements MathFormat {
  private static final String BOX = "\\boxed{";

  @Override
  public String id(long record, RecordFields fields) {
    return fields.textOrInteger("idx");
  }

  @Override
  public MathProblem problem(RecordFields fields) {
    String solution = fields.text("solution");
    Optional<String> answer = Optional.empty();
    int box = solution.lastIndexOf(BOX);
    while (box >= 0 && answer.isEmpty()) {
      answer = balanced(solution.substring(box + BOX.length()));
      box = solution.lastIndexOf(BOX, box - 1);
    }
    fields.require(
        answer.isPresent(),
        "solution",
        fields.object().get("solution"),
        "must hold a \\boxed answer, not blank");
    return new MathProblem(
        fields.text("problem"), answer.orElseThrow(), "", fields.textOr("type", ""), "");
  }

  /** What stands before the brace that closes the one before the text; empty if it is blank. */
  private static Optional<String> balanced(String text) {
    int open = 1;
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '\\' -> i++; // \{ and \} are characters
        case '{' -> open++;
        case '}' -> open--;
        default -> {}
      }
      if (open == 0) {
        return Optional.of(text.substring(0, i).strip()).filter(answer -> !answer.isEmpty());
      }
    }
    return Optional.empty();
  }
}
