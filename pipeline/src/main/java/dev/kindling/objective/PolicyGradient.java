package dev.kindling.objective;

import java.io.Serializable;

/** −k log p: the coefficient is the weight of the token's log-prob, whoever sampled it. */
public record PolicyGradient() implements TokenLoss, Serializable {
  @Override
  public double value(
      double logprob,
      double samplerLogprob,
      double referenceLogprob,
      double coef,
      double tokenScale) {
    // A coefficient of 0 takes the token out of the loss even where its log-prob is infinite.
    return coef == 0 ? 0 : -coef * logprob;
  }

  @Override
  public double slope(
      double logprob,
      double samplerLogprob,
      double referenceLogprob,
      double coef,
      double tokenScale) {
    return -coef;
  }

  @Override
  public boolean isClipped(double logprob, double samplerLogprob, double coef) {
    return false;
  }

  @Override
  public boolean needsReference() {
    return false;
  }
}
