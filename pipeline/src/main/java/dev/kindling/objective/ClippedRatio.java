package dev.kindling.objective;

import java.io.Serializable;

/**
 * The clipped surrogate of PPO (arXiv:1707.06347, equation 7) with separate bounds, an optional
 * dual clip and an optional KL term.
 *
 * <p>With r = p/p_sampler and the coefficient k of the token, the loss is −min(r k, clip(r) k); for
 * k &lt; 0 and a dual clip c it is at most −c k. The KL term is kl · tokenScale · (e^d − d − 1)
 * with d = reference − policy log-prob (the k3 estimator of arXiv:2402.03300, equation 4).
 *
 * @param clipLow the ratio is clipped below 1 − clipLow, in (0, 1)
 * @param clipHigh the ratio is clipped above 1 + clipHigh, above 0
 * @param dualClip c, above 1; 0 for none
 * @param kl weight of the KL term, at least 0
 */
public record ClippedRatio(double clipLow, double clipHigh, double dualClip, double kl)
    implements TokenLoss, Serializable {
  @Override
  public double value(
      double logprob,
      double samplerLogprob,
      double referenceLogprob,
      double coef,
      double tokenScale) {
    // Without an advantage an overflowing ratio is no loss, though 0 times it would be NaN.
    double policyTerm = coef == 0 ? 0 : -coef * boundedRatio(logprob, samplerLogprob, coef);
    if (!needsReference()) {
      return policyTerm;
    }
    double d = referenceLogprob - logprob;
    return policyTerm + kl * tokenScale * (Math.expm1(d) - d);
  }

  @Override
  public double slope(
      double logprob,
      double samplerLogprob,
      double referenceLogprob,
      double coef,
      double tokenScale) {
    double policySlope =
        coef == 0 || isClipped(logprob, samplerLogprob, coef)
            ? 0
            : -Math.exp(logprob - samplerLogprob) * coef;
    if (!needsReference()) {
      return policySlope;
    }
    return policySlope - kl * tokenScale * Math.expm1(referenceLogprob - logprob);
  }

  @Override
  public boolean isClipped(double logprob, double samplerLogprob, double coef) {
    double ratio = Math.exp(logprob - samplerLogprob);
    // A NaN is not taken for clipped, which would hide it behind a slope of 0.
    return coef != 0 && Math.abs(boundedRatio(logprob, samplerLogprob, coef) - ratio) > 0;
  }

  /** The ratio, kept from rewarding the policy for moving further the way the coefficient asks. */
  private double boundedRatio(double logprob, double samplerLogprob, double coef) {
    double ratio = Math.exp(logprob - samplerLogprob);
    if (coef > 0) {
      return Math.min(ratio, 1 + clipHigh);
    }
    double fromBelow = Math.max(ratio, 1 - clipLow);
    return dualClip > 0 ? Math.min(fromBelow, dualClip) : fromBelow;
  }

  @Override
  public boolean needsReference() {
    return kl > 0;
  }
}
