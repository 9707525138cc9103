package dev.kindling.plan;

import dev.kindling.engine.model.ModelConfig;

/**
 * The least seconds that passes through a policy take: for each, the larger of the bytes that it
 * has to read over the bandwidth and of its multiplications and additions over their peak. Norms,
 * softmax, sampling and everything outside of the model are free, and nothing is read twice.
 *
 * @param model shape of the policy
 * @param speed of what computes
 */
public record Passes(ModelConfig model, Speed speed) {
  /** Multiply and add. */
  private static final double PER_WEIGHT = 2;

  /** Products with queries and with probabilities. */
  private static final double PER_POSITION = 2 * PER_WEIGHT;

  /** One pass over all prompts but for the last token of each, whose logits nobody wants. */
  public double prefill(double prompts, double promptTokens) {
    double tokens = prompts * (promptTokens - 1);
    return pass(tokens, 0, tokens * promptTokens / 2, 0);
  }

  /**
   * A pass for each token of the answers and one for y*, all rows together. A prompt's keys and
   * values are read once for its group.
   *
   * @param prompts prompts decoded together
   * @param samples answers of each
   * @param promptTokens tokens of a prompt
   * @param answerTokens tokens of an answer
   */
  public double decode(double prompts, double samples, double promptTokens, double answerTokens) {
    double rows = prompts * samples;
    double seconds = 0;
    for (int token = 0; token <= answerTokens; token++) {
      double attended = rows * (promptTokens + token);
      seconds += pass(rows, rows, attended, prompts * promptTokens + rows * token);
    }
    return seconds;
  }

  /**
   * The forward pass of training over each prompt once and each answer, logits for the answers
   * only.
   */
  public double forward(double prompts, double samples, double promptTokens, double answerTokens) {
    double given = prompts * promptTokens;
    double answers = prompts * samples * answerTokens;
    double attended = given * promptTokens / 2 + answers * (promptTokens + answerTokens / 2);
    return pass(given + answers, answers, attended, 0);
  }

  /**
   * One pass.
   *
   * @param tokens that go through the layers
   * @param heads tokens whose logits are computed
   * @param attended positions that all tokens look at
   * @param cached positions whose keys and values are read from the cache
   */
  private double pass(double tokens, double heads, double attended, double cached) {
    double queries = (double) model.heads() * model.headDim();
    double keys = (double) model.kvHeads() * model.headDim();
    double layer = model.hidden() * (2 * queries + 2 * keys + 3.0 * model.intermediate());
    double head = (double) model.vocab() * model.hidden();
    double numbers = model.layers() * (layer + 2 * keys * cached) + (heads == 0 ? 0 : head);
    double flops =
        model.layers() * (PER_WEIGHT * layer * tokens + PER_POSITION * queries * attended)
            + PER_WEIGHT * head * heads;
    return Math.max(speed.numberBytes() * numbers / speed.bytesPerSecond(), flops / speed.flops());
  }
}
