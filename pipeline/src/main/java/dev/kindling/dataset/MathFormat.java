package dev.kindling.dataset;

/** A data set of mathematical problems: its records differ in where a problem's parts stand. */
interface MathFormat extends RecordFormat {
  /**
   * Finds the parts of a problem.
   *
   * @throws dev.kindling.check.InvalidInputException naming what of the record cannot be used
   */
  MathProblem problem(RecordFields fields);

  @Override
  default RawExample example(long record, String id, RecordFields fields, PromptStyle style) {
    return problem(fields).example(record, id, style);
  }
}
