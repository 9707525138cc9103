package dev.kindling.objective;

/**
 * −k log p: the coefficient is the weight of the token's log-prob, whoever sampled it (Williams
 * 1992, REINFORCE).
 */
public record PolicyGradient() implements PerTokenLoss {
  @Override
  public String name() {
    return "policy-gradient";
  }

  @Override
  public double value(double logprob, double samplerLogprob, double coef) {
    return -coef * logprob;
  }

  @Override
  public double slope(double logprob, double samplerLogprob, double coef) {
    return -coef;
  }

  @Override
  public boolean isClipped(double logprob, double samplerLogprob, double coef) {
    return false;
  }

  @Override
  public boolean usesRatio() {
    return false;
  }
}
