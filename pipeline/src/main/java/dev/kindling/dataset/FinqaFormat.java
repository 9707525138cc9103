package dev.kindling.dataset;

import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * FinQA (arXiv:2109.00122) as its authors publish it: one JSON array of records with {@code id},
 * {@code pre_text[]}, {@code table[][]}, {@code post_text[]} and {@code qa{question, answer,
 * exe_ans, …}}.
 *
 * <p><b>Prompt.</b> Four parts, each on a line of its own, empty ones left out: the sentences
 * before the table, joined by a space; the table, a line for each row (the header is the first),
 * its cells joined by {@code " | "}; the sentences after the table, joined by a space; the
 * question. The warm and the chat style put an instruction and an empty line before them.
 *
 * <p><b>Gold answer.</b> {@code exe_ans}, the result of the record's program, written plainly
 * ({@code 0.24691}, {@code 2057}, {@code yes}). The field {@code answer} is not used as gold: it is
 * empty, in words or inconsistent with the program in a fair part of the records. The context holds
 * {@code exe_ans}, {@code answer}, {@code program} and {@code table}, so that the same example can
 * be judged by {@code finqa_program}. {@code qa.explanation}, which few records have, is the
 * rationale.
 */
final class FinqaFormat implements RecordFormat {
  private static final String INSTRUCTION =
      "Read the pages of a financial report and answer the question at their end. Give the answer"
          + " as one number (with % if it is a percentage) or as yes or no, in the form:"
          + " The answer is ...";

  @Override
  public RawExample example(long record, String id, RecordFields fields, PromptStyle style) {
    RecordFields qa = fields.object("qa");
    List<String> parts = new ArrayList<>();
    parts.add(String.join(" ", fields.texts("pre_text")));
    fields.rows("table").forEach(row -> parts.add(String.join(" | ", row)));
    parts.add(String.join(" ", fields.texts("post_text")));
    parts.add(qa.text("question"));
    parts.removeIf(String::isBlank);
    String input = String.join("\n", parts);
    String gold = gold(qa);
    return new RawExample(
        record,
        id,
        style == PromptStyle.COLD ? input : INSTRUCTION + "\n\n" + input,
        qa.textOr("explanation", ""),
        List.of(gold),
        "finqa_number",
        context(fields, qa),
        "");
  }

  private static String context(RecordFields fields, RecordFields qa) {
    ObjectNode context = JsonNodeFactory.instance.objectNode();
    context.set("exe_ans", qa.object().get("exe_ans"));
    context.put("answer", qa.textOr("answer", ""));
    context.put("program", qa.textOr("program", ""));
    context.set("table", fields.object().get("table"));
    return RecordFields.json(context);
  }

  /** {@code exe_ans} written plainly: without exponent and trailing zeros. */
  private static String gold(RecordFields qa) {
    JsonNode answer = qa.object().path("exe_ans");
    if (answer.isTextual() && Set.of("yes", "no").contains(answer.asText())) {
      return answer.asText();
    }
    boolean number = answer.isNumber() && Double.isFinite(answer.asDouble());
    qa.require(number, "exe_ans", answer, "must be a finite number, yes or no");
    BigDecimal value = new BigDecimal(NumberOutput.toString(answer.asDouble(), true));
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }
}
