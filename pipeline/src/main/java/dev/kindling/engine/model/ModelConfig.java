package dev.kindling.engine.model;

import dev.kindling.check.TransformerRules;
import java.io.Serializable;

/**
 * Shape of a decoder-only transformer (RMSNorm, RoPE, grouped-query attention, SwiGLU).
 *
 * @param vocab rows of the embedding
 * @param hidden width of the residual stream
 * @param layers number of blocks
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim width of one head, even
 * @param intermediate width of the SwiGLU
 * @param maxPositions longest sequence in tokens
 * @param ropeTheta base of the rotary frequencies
 * @param ropeScaling change of these frequencies for long texts
 * @param normEps epsilon of RMSNorm
 * @param qkNorm whether queries and keys are normalised per head (Qwen3)
 * @param qkvBias whether the q, k and v projections have a bias (Qwen2)
 * @param tiedHead whether the output layer is the embedding
 */
public record ModelConfig(
    int vocab,
    int hidden,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int intermediate,
    int maxPositions,
    double ropeTheta,
    RopeScaling ropeScaling,
    double normEps,
    boolean qkNorm,
    boolean qkvBias,
    boolean tiedHead)
    implements Serializable {
  /** Refuses shapes that no such transformer has. */
  public ModelConfig {
    TransformerRules.of(
            hidden, layers, heads, kvHeads, headDim, intermediate, maxPositions, ropeTheta, normEps)
        .that(vocab >= 2, "model.vocab", vocab, "must be >= 2")
        .done();
  }
}
