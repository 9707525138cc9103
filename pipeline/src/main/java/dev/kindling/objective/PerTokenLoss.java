package dev.kindling.objective;

/** A loss whose term for a token depends on that token alone. */
public interface PerTokenLoss extends TokenLoss {
  /**
   * The token's term of the loss.
   *
   * @param logprob log-prob under the policy being trained
   * @param samplerLogprob log-prob under the policy that sampled
   * @param coef the token's coefficient, denominators of the global batch contained
   */
  double value(double logprob, double samplerLogprob, double coef);

  /** Derivative of the loss by {@code logprob}; what the paper detaches is held fixed. */
  double slope(double logprob, double samplerLogprob, double coef);

  /** Whether the ratio of this token was clipped. */
  boolean isClipped(double logprob, double samplerLogprob, double coef);

  @Override
  default void add(SequenceScores scores, double[] coefs, LossTerms terms) {
    for (int t = 0; t < coefs.length; t++) {
      double logprob = scores.logprobs()[t];
      double sampler = scores.samplerLogprobs()[t];
      // A coefficient of 0 takes the token out of the loss, even where its ratio overflows.
      if (coefs[t] == 0) {
        continue;
      }
      terms.addPolicy(t, value(logprob, sampler, coefs[t]), slope(logprob, sampler, coefs[t]));
      if (isClipped(logprob, sampler, coefs[t])) {
        terms.setClipped(t);
      }
    }
  }

  @Override
  default boolean usesRatio() {
    return true;
  }
}
