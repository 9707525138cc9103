package dev.kindling.bench;

import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import java.io.Serializable;

/**
 * What one core of the machine can do at best, and the least time that a task needs for it: for
 * each pass through the model, the larger of the bytes that it has to read over the bandwidth and
 * its multiplications and additions over their peak. Norms, softmax, sampling and everything
 * outside of the model are free, and nothing is read twice.
 *
 * @param bytesPerSecond read from memory by one core while all others read too
 * @param float32Flops multiplications and additions a second of a product of float32 matrices
 * @param bfloat16Flops the same of bfloat16 matrices
 */
public record Floor(double bytesPerSecond, double float32Flops, double bfloat16Flops)
    implements Serializable {
  /** Multiply and add. */
  private static final double PER_WEIGHT = 2;

  /** Products with queries and with probabilities. */
  private static final double PER_POSITION = 2 * PER_WEIGHT;

  /** A gradient costs two products for each of the forward pass. */
  private static final double TRAINING_PASSES = 3;

  /**
   * Least seconds of a rollout task: all prompts in one pass, then a pass for each token of the
   * answers and one for y*, all rows together. A prompt's keys and values are read once for its
   * group.
   */
  double rollout(Workload work) {
    ModelConfig config = work.model().config();
    double prompts = (double) work.prompts() * (work.promptTokens() - 1);
    double seconds = pass(work, prompts, 0, prompts * work.promptTokens() / 2, 0);
    for (int token = 0; token <= work.answerTokens(); token++) {
      double attended = (double) work.rows() * (work.promptTokens() + token);
      double cached = (double) work.prompts() * work.promptTokens() + (double) work.rows() * token;
      seconds += pass(work, work.rows(), (double) work.rows() * config.vocab(), attended, cached);
    }
    return seconds;
  }

  /**
   * Least seconds of a training task: a forward and a backward pass over each prompt once and each
   * answer, logits for the answers only.
   */
  double training(Workload work) {
    double prompts = (double) work.prompts() * work.promptTokens();
    double answers = (double) work.rows() * work.answerTokens();
    double attended =
        prompts * work.promptTokens() / 2
            + answers * (work.promptTokens() + work.answerTokens() / 2.0);
    double logits = answers * work.model().config().vocab();
    return TRAINING_PASSES * pass(work, prompts + answers, logits, attended, 0);
  }

  /**
   * One pass.
   *
   * @param tokens that go through the layers
   * @param logits computed
   * @param attended positions that all tokens look at
   * @param cached positions whose keys and values are read from the cache
   */
  private double pass(Workload work, double tokens, double logits, double attended, double cached) {
    ModelConfig config = work.model().config();
    double queries = (double) config.heads() * config.headDim();
    double keys = (double) config.kvHeads() * config.headDim();
    double layer = config.hidden() * (2 * queries + 2 * keys + 3.0 * config.intermediate());
    double head = logits == 0 ? 0 : (double) config.vocab() * config.hidden();
    double numbers = config.layers() * (layer + 2 * keys * cached) + head;
    double flops =
        config.layers() * (PER_WEIGHT * layer * tokens + PER_POSITION * queries * attended)
            + PER_WEIGHT * logits * config.hidden();
    double peak = work.precision() == Precision.BFLOAT16 ? bfloat16Flops : float32Flops;
    return Math.max(work.bytesPerNumber() * numbers / bytesPerSecond, flops / peak);
  }
}
