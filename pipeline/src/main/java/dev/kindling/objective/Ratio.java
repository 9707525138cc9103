package dev.kindling.objective;

import dev.kindling.check.Check;

/**
 * −r k with r = p/p_sampler cut off at an upper bound for either sign of k: Lp-Reg's clip(r, 0, U)
 * (arXiv:2510.03222, equation 6), which has no minimum around it; without a bound the loss of
 * KL-Cov (arXiv:2505.22617, equation 13).
 *
 * @param upper U, above 0; 0 for none
 */
public record Ratio(double upper) implements PerTokenLoss {
  /** Refuses a negative bound. */
  public Ratio {
    new Check()
        .that(
            upper >= 0 && upper < Double.POSITIVE_INFINITY,
            "objective.ratio_bound",
            upper,
            "must be >= 0 and finite; 0 is off")
        .done();
  }

  @Override
  public String name() {
    return "ratio";
  }

  @Override
  public double value(double logprob, double samplerLogprob, double coef) {
    double ratio = Math.exp(logprob - samplerLogprob);
    return -coef * (upper > 0 ? Math.min(ratio, upper) : ratio);
  }

  @Override
  public double slope(double logprob, double samplerLogprob, double coef) {
    return isClipped(logprob, samplerLogprob, coef)
        ? 0
        : -Math.exp(logprob - samplerLogprob) * coef;
  }

  @Override
  public boolean isClipped(double logprob, double samplerLogprob, double coef) {
    return upper > 0 && coef != 0 && Math.exp(logprob - samplerLogprob) > upper;
  }
}
