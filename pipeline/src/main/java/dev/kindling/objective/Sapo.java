package dev.kindling.objective;

import dev.kindling.check.Check;

/**
 * SAPO, soft adaptive policy optimisation (arXiv:2511.20347, equations 5 and 6): the clip of PPO
 * made smooth. The loss is −k σ(τ(r − 1)) 4/τ, whose slope at r = 1 is that of −k r and which fades
 * away from there.
 *
 * @param positiveTemperature τ where k &gt; 0, above 0
 * @param negativeTemperature τ where k &lt; 0, above 0; larger fades faster
 */
public record Sapo(double positiveTemperature, double negativeTemperature) implements PerTokenLoss {
  /** Refuses temperatures that are not positive. */
  public Sapo {
    new Check()
        .that(
            positiveTemperature > 0 && positiveTemperature < Double.POSITIVE_INFINITY,
            "objective.sapo.positive_temperature",
            positiveTemperature,
            "must be > 0 and finite")
        .that(
            negativeTemperature > 0 && negativeTemperature < Double.POSITIVE_INFINITY,
            "objective.sapo.negative_temperature",
            negativeTemperature,
            "must be > 0 and finite")
        .done();
  }

  @Override
  public String name() {
    return "sapo";
  }

  @Override
  public double value(double logprob, double samplerLogprob, double coef) {
    double temperature = temperature(coef);
    return -coef * gate(temperature, logprob, samplerLogprob) * 4 / temperature;
  }

  @Override
  public double slope(double logprob, double samplerLogprob, double coef) {
    double ratio = Math.exp(logprob - samplerLogprob);
    double gate = gate(temperature(coef), logprob, samplerLogprob);
    // A gate that is closed wins against a ratio that overflows.
    return gate == 1 ? 0 : -coef * 4 * gate * (1 - gate) * ratio;
  }

  @Override
  public boolean isClipped(double logprob, double samplerLogprob, double coef) {
    return false;
  }

  private double temperature(double coef) {
    return coef > 0 ? positiveTemperature : negativeTemperature;
  }

  private static double gate(double temperature, double logprob, double samplerLogprob) {
    double ratio = Math.exp(logprob - samplerLogprob);
    return 1 / (1 + Math.exp(-temperature * (ratio - 1)));
  }
}
