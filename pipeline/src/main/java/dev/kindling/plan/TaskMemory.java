package dev.kindling.plan;

import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.train.Trainer;

/**
 * Bytes that tasks cannot do without, beside a running JVM with its natives.
 *
 * @param model shape of the policy
 * @param numberBytes bytes of one number of products and of the cache
 */
public record TaskMemory(ModelConfig model, int numberBytes) {
  /** Weights, both moments and the gradient of a slice are arrays at once. */
  private static final long UPDATE_BYTES = 16;

  /** A chunk of logits, and its slope. */
  private static final long LOGITS_BYTES = 2 * (64L << 20);

  /** Elements of the flat parameter vector. */
  public long parameters() {
    return ParameterLayout.of(model).size();
  }

  /** A policy packed for sampling, which the tasks of an executor share. */
  public long sampler() {
    return numberBytes * parameters();
  }

  /** Keys and values of so many positions. */
  public long cache(long positions) {
    return 2L * numberBytes * model.layers() * model.kvHeads() * model.headDim() * positions;
  }

  /** A policy's master weights, which the tasks of an executor share. */
  public long weights() {
    return Float.BYTES * parameters();
  }

  /** What one layer computes of so many tokens that its backward pass needs. */
  long layer(long tokens) {
    return tokens * Trainer.keptBytesPerToken(model, numberBytes);
  }

  /**
   * One task's gradient, the residual stream before each layer, what layers keep, two layers at
   * work and a chunk of logits.
   *
   * @param tokens of the largest micro-batch
   * @param keptBytes bound on what layers keep for the backward pass
   */
  public long gradient(long tokens, long keptBytes) {
    long layer = layer(tokens);
    return weights()
        + (long) model.layers() * model.hidden() * Float.BYTES * tokens
        + Math.min(keptBytes, model.layers() * layer)
        + 2 * layer
        + LOGITS_BYTES;
  }

  /** The arrays of one slice while the optimizer is at work, on the Java heap. */
  public long update(int slices) {
    return UPDATE_BYTES * ((parameters() + slices - 1) / slices);
  }
}
