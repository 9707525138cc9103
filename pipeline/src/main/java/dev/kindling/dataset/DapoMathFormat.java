package dev.kindling.dataset;

import java.util.List;

/**
 * DAPO-Math-17k (arXiv:2503.14476), each row of its Parquet file as a line of JSON: {@code
 * prompt[]{role, content}}, one message of the user, {@code reward_model{ground_truth}} and {@code
 * extra_info{index}}, the id. The authors' file has their words around each problem, others leave
 * them out: {@link MathProblem} takes both.
 */
final class DapoMathFormat implements MathFormat {
  @Override
  public String id(long record, RecordFields fields) {
    return fields.object("extra_info").textOrInteger("index");
  }

  @Override
  public MathProblem problem(RecordFields fields) {
    List<RecordFields> prompt = fields.objects("prompt");
    boolean one = prompt.size() == 1 && prompt.get(0).text("role").equals("user");
    fields.require(one, "prompt", fields.object().get("prompt"), "must be one message, the user's");
    return new MathProblem(
        prompt.get(0).text("content"), fields.object("reward_model").text("ground_truth"));
  }
}
