package dev.kindling.engine.model;

import dev.kindling.check.Check;
import java.io.Serializable;

/**
 * How the rotary frequencies of a model were changed for texts longer than it was first trained on:
 * the rope type {@code llama3}, as transformers' {@code _compute_llama3_parameters} has it. Slow
 * frequencies are divided by a factor, fast ones stay, those between are blended.
 *
 * @param factor divisor of the slow frequencies, >= 1; 1 changes nothing
 * @param lowFreqFactor frequencies that turn less often than this within {@code
 *     originalMaxPositions} are slow, > 0
 * @param highFreqFactor those that turn more often are fast, > {@code lowFreqFactor}
 * @param originalMaxPositions longest sequence before the change, in tokens, >= 1
 */
public record RopeScaling(
    double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositions)
    implements Serializable {
  /** Frequencies as they are: the rope type {@code default}. */
  public static final RopeScaling NONE = new RopeScaling(1, 1, 2, 1);

  /** Refuses factors for which the blend is not defined. */
  public RopeScaling {
    new Check()
        .that(
            factor >= 1 && Double.isFinite(factor),
            "factor of the rope scaling",
            factor,
            "must be finite and >= 1")
        .that(lowFreqFactor > 0, "low_freq_factor", lowFreqFactor, "must be > 0")
        .that(
            highFreqFactor > lowFreqFactor && Double.isFinite(highFreqFactor),
            "high_freq_factor",
            highFreqFactor,
            "must be finite and > low_freq_factor = " + lowFreqFactor)
        .that(
            originalMaxPositions >= 1,
            "original_max_position_embeddings",
            originalMaxPositions,
            "must be >= 1")
        .done();
  }

  /**
   * A frequency after the change.
   *
   * @param frequency before it, in radians per position
   */
  double apply(double frequency) {
    double turns = originalMaxPositions * frequency / (2 * Math.PI);
    if (factor == 1 || turns > highFreqFactor) {
      return frequency;
    }
    if (turns < lowFreqFactor) {
      return frequency / factor;
    }
    double kept = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
    return (1 - kept) * frequency / factor + kept * frequency;
  }
}
