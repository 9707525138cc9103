package dev.kindling.dataset;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GSM8K (arXiv:2110.14168) as its authors publish it: JSON lines with {@code question} and {@code
 * answer}, a solution and, behind {@code ####} on its last line, the gold answer, a number; its
 * thousands commas are left out, as the authors' evaluator does. The solution is the rationale,
 * without its notes to a calculator, {@code <<48/2=24>>}. Records have no id: their place in the
 * file is one.
 */
final class Gsm8kFormat implements MathFormat {
  private static final Pattern ANSWER =
      Pattern.compile("(.*)\n#### *(-?[0-9][0-9,]*(?:\\.[0-9]+)?)\\s*", Pattern.DOTALL);

  @Override
  public String id(long record, RecordFields fields) {
    return Long.toString(record);
  }

  @Override
  public MathProblem problem(RecordFields fields) {
    Matcher answer = ANSWER.matcher(fields.text("answer"));
    fields.require(
        answer.matches(),
        "answer",
        fields.object().get("answer"),
        "must end with #### and a number");
    return new MathProblem(
        fields.text("question"),
        answer.group(2).replace(",", ""),
        answer.group(1).replaceAll("<<[^>]*>>", "").strip(),
        "",
        "");
  }
}
