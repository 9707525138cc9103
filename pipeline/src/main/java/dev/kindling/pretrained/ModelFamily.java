package dev.kindling.pretrained;

import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.ModelConfig;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An architecture of transformers that the engine computes, with what its configuration class takes
 * for keys that a {@code config.json} leaves out (transformers 4.51 to 5.18).
 */
public enum ModelFamily {
  /** Llama 2 and 3. */
  LLAMA(false, false, 0, 0, 2048, 0),
  /** Mistral; its sliding window is on unless the file says null. */
  MISTRAL(false, false, 0, 8, 131072, 4096),
  /** Qwen2 and Qwen2.5: biases on queries, keys and values. */
  QWEN2(false, true, 0, 32, 32768, 0),
  /** Qwen3: queries and keys normalised per head. */
  QWEN3(true, false, 128, 32, 32768, 0);

  private final boolean qkNorm;
  private final boolean qkvBias;
  private final int headDim;
  private final int kvHeads;
  private final int maxPositions;
  private final int slidingWindow;

  ModelFamily(
      boolean qkNorm,
      boolean qkvBias,
      int headDim,
      int kvHeads,
      int maxPositions,
      int slidingWindow) {
    this.qkNorm = qkNorm;
    this.qkvBias = qkvBias;
    this.headDim = headDim;
    this.kvHeads = kvHeads;
    this.maxPositions = maxPositions;
    this.slidingWindow = slidingWindow;
  }

  /**
   * The family that has the parameters of this shape.
   *
   * @throws InvalidInputException when none has
   */
  public static ModelFamily of(ModelConfig shape) {
    if (shape.qkNorm() && shape.qkvBias()) {
      throw new InvalidInputException(
          "Invalid model: q/k norms and q/k/v biases (must not have both: no family of models has)");
    }
    return shape.qkNorm() ? QWEN3 : shape.qkvBias() ? QWEN2 : LLAMA;
  }

  /**
   * The family of a {@code model_type}.
   *
   * @throws InvalidInputException when it is not supported
   */
  static ModelFamily ofType(String modelType, String source) {
    return Arrays.stream(values())
        .filter(family -> family.modelType().equals(modelType))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "Invalid model_type in %s: %s (must be one of %s)"
                        .formatted(
                            source,
                            modelType,
                            Arrays.stream(values())
                                .map(ModelFamily::modelType)
                                .collect(Collectors.joining(", ")))));
  }

  /** For example {@code qwen3}. */
  String modelType() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For example {@code Qwen3ForCausalLM}. */
  String architecture() {
    return name().charAt(0) + modelType().substring(1) + "ForCausalLM";
  }

  boolean qkNorm() {
    return qkNorm;
  }

  boolean qkvBias() {
    return qkvBias;
  }

  /** Width of a head where the file leaves it out. */
  int headDim(int hidden, int heads) {
    return headDim > 0 ? headDim : hidden / heads;
  }

  /** Key and value heads where the file leaves them out. */
  int kvHeads(int heads) {
    return kvHeads > 0 ? kvHeads : heads;
  }

  int maxPositions() {
    return maxPositions;
  }

  /** Positions that attention reaches back where the file leaves it out; 0 for all. */
  int slidingWindow() {
    return slidingWindow;
  }
}
