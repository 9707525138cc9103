package dev.kindling.objective;

/**
 * How a token's coefficient meets its log-prob. The loss of a batch is the sum of {@link #value}
 * over its trained tokens; the trainer pulls {@link #slope} back through the model. Log-probs are
 * in nats, of the token that was trained on, at temperature 1.
 */
public interface TokenLoss {
  /**
   * The token's term of the loss.
   *
   * @param logprob log-prob under the policy being trained
   * @param samplerLogprob log-prob under the policy that sampled
   * @param referenceLogprob log-prob under the reference policy; NaN unless {@link #needsReference}
   * @param coef the row's coefficient on this token, denominators of the global batch contained
   * @param tokenScale the token's share in the aggregated loss, before any advantage
   */
  double value(
      double logprob,
      double samplerLogprob,
      double referenceLogprob,
      double coef,
      double tokenScale);

  /** Derivative of {@link #value} by {@code logprob}, everything else held fixed. */
  double slope(
      double logprob,
      double samplerLogprob,
      double referenceLogprob,
      double coef,
      double tokenScale);

  /** Whether the ratio of this token was clipped, so that its advantage has no gradient. */
  boolean isClipped(double logprob, double samplerLogprob, double coef);

  /** Whether log-probs of the reference policy are needed. */
  boolean needsReference();
}
