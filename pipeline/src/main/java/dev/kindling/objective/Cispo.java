package dev.kindling.objective;

import dev.kindling.check.Check;

/**
 * CISPO, clipped importance-sampling weights (MiniMax-M1, arXiv:2506.13585, equation 4): −clip(r, 1
 * − low, 1 + high) k log p, the clipped ratio detached, so that every token keeps a gradient.
 *
 * @param low the weight is at least 1 − low, in (0, 1]; 1 is no bound, as in the paper
 * @param high the weight is at most 1 + high, above 0
 */
public record Cispo(double low, double high) implements PerTokenLoss {
  /** Refuses bounds that are out of range. */
  public Cispo {
    new Check()
        .that(low > 0 && low <= 1, "objective.cispo.low", low, "must be in (0, 1]")
        .that(
            high > 0 && high < Double.POSITIVE_INFINITY,
            "objective.cispo.high",
            high,
            "must be > 0 and finite")
        .done();
  }

  @Override
  public String name() {
    return "cispo";
  }

  @Override
  public double value(double logprob, double samplerLogprob, double coef) {
    return slope(logprob, samplerLogprob, coef) * logprob;
  }

  @Override
  public double slope(double logprob, double samplerLogprob, double coef) {
    double ratio = Math.exp(logprob - samplerLogprob);
    return -coef * Math.min(Math.max(ratio, 1 - low), 1 + high);
  }

  @Override
  public boolean isClipped(double logprob, double samplerLogprob, double coef) {
    double ratio = Math.exp(logprob - samplerLogprob);
    return coef != 0 && (ratio < 1 - low || ratio > 1 + high);
  }
}
