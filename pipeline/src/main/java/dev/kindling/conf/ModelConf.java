package dev.kindling.conf;

import dev.kindling.check.TransformerRules;
import dev.kindling.engine.model.Precision;
import java.util.Optional;

/**
 * The policy: a checkpoint to start from, or the shape of a new untrained one. The vocabulary is
 * the tokenizer's.
 *
 * @param checkpoint run folder whose last policy to start from, or a Hugging Face model folder;
 *     empty starts from random weights of the shape below
 * @param tokenizer {@code bytes}, {@code characters:} and an alphabet, or a tokenizer.json
 * @param precision which numbers the large matrix products multiply
 * @param hidden width of the residual stream
 * @param layers number of blocks
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim width of one head, even
 * @param intermediate width of the SwiGLU
 * @param maxPositions longest sequence in tokens; a checkpoint may allow only shorter ones
 * @param ropeTheta base of the rotary frequencies
 * @param normEps epsilon of RMSNorm
 * @param qkNorm whether queries and keys are normalised per head
 * @param qkvBias whether the q, k and v projections have a bias
 * @param tiedHead whether the output layer is the embedding
 * @param initStd standard deviation of the new policy's weights
 */
public record ModelConf(
    Optional<String> checkpoint,
    String tokenizer,
    Precision precision,
    int hidden,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int intermediate,
    int maxPositions,
    double ropeTheta,
    double normEps,
    boolean qkNorm,
    boolean qkvBias,
    boolean tiedHead,
    double initStd) {
  /** Refuses values outside the ranges of {@code conf/defaults.yaml}. */
  public ModelConf {
    TransformerRules.of(
            hidden, layers, heads, kvHeads, headDim, intermediate, maxPositions, ropeTheta, normEps)
        .that(
            checkpoint.isEmpty() || !checkpoint.get().isBlank(),
            "model.checkpoint",
            checkpoint.orElse(null),
            "must not be empty")
        .that(
            !tokenizer.isBlank() && !tokenizer.equals("characters:"),
            "model.tokenizer",
            tokenizer,
            "must be bytes, characters:<alphabet> or the path of a tokenizer.json")
        .that(
            !(qkNorm && qkvBias),
            "model.qkv_bias",
            qkvBias,
            "must be false while model.qk_norm is true: no family of models has both")
        .that(initStd > 0 && initStd <= 1, "model.init_std", initStd, "must be in (0, 1]")
        .done();
  }
}
