package dev.kindling.objective;

import java.io.Serializable;

/**
 * How the coefficients of a sequence meet its log-probs. The loss of a batch is the sum of what
 * {@link #add} gives over its sequences. Log-probs are in nats, at temperature 1; a ratio is that
 * of the policy being trained to the one that sampled.
 */
public interface TokenLoss extends Serializable {
  /** The name in configuration files, for example {@code clipped-ratio}. */
  String name();

  /**
   * Adds value and slope by log-prob of every token, and marks those whose ratio was clipped.
   *
   * @param scores the sequence's trained tokens
   * @param coefs coefficient of each token, after what regularisers made of it
   * @param terms what to add to
   */
  void add(SequenceScores scores, double[] coefs, LossTerms terms);

  /** Whether it corrects for the policy that sampled, and so bounds or weighs by the ratio. */
  boolean usesRatio();
}
