package dev.kindling.objective;

import dev.kindling.check.Check;

/**
 * The clipped surrogate of PPO (arXiv:1707.06347, equation 7) with the separate bounds of DAPO's
 * Clip-Higher (arXiv:2503.14476, equation 10) and the dual clip of arXiv:1912.09729, equation 5.
 *
 * <p>With r = p/p_sampler and the coefficient k of the token, the loss is −min(r k, clip(r) k); for
 * k &lt; 0 and a dual clip c it is at most −c k.
 *
 * @param clipLow the ratio is clipped below 1 − clipLow, in (0, 1]; 1 is no bound
 * @param clipHigh the ratio is clipped above 1 + clipHigh, above 0
 * @param dualClip c, above 1; 0 for none
 */
public record ClippedRatio(double clipLow, double clipHigh, double dualClip)
    implements PerTokenLoss {
  /** Refuses bounds that are out of range. */
  public ClippedRatio {
    new Check()
        .that(clipLow > 0 && clipLow <= 1, "objective.clip_low", clipLow, "must be in (0, 1]")
        .that(
            clipHigh > 0 && clipHigh < Double.POSITIVE_INFINITY,
            "objective.clip_high",
            clipHigh,
            "must be > 0 and finite")
        .that(
            dualClip == 0 || (dualClip > 1 && dualClip < Double.POSITIVE_INFINITY),
            "objective.dual_clip",
            dualClip,
            "must be 0 (off), or finite and > 1")
        .done();
  }

  @Override
  public String name() {
    return "clipped-ratio";
  }

  @Override
  public double value(double logprob, double samplerLogprob, double coef) {
    return -coef * bounded(Math.exp(logprob - samplerLogprob), coef);
  }

  @Override
  public double slope(double logprob, double samplerLogprob, double coef) {
    return isClipped(logprob, samplerLogprob, coef)
        ? 0
        : -Math.exp(logprob - samplerLogprob) * coef;
  }

  @Override
  public boolean isClipped(double logprob, double samplerLogprob, double coef) {
    double ratio = Math.exp(logprob - samplerLogprob);
    // A NaN is not taken for clipped, which would hide it behind a slope of 0.
    return coef != 0 && Math.abs(bounded(ratio, coef) - ratio) > 0;
  }

  /** The ratio, kept from rewarding the policy for moving further the way the coefficient asks. */
  private double bounded(double ratio, double coef) {
    if (coef > 0) {
      return Math.min(ratio, 1 + clipHigh);
    }
    double fromBelow = Math.max(ratio, 1 - clipLow);
    return dualClip > 0 ? Math.min(fromBelow, dualClip) : fromBelow;
  }
}
