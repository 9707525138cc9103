package dev.kindling.objective;

import dev.kindling.check.Check;

/**
 * GSPO, group sequence policy optimisation (arXiv:2507.18071): the ratio is that of whole
 * sequences, s = exp(mean over tokens of log r), and it is clipped for all tokens of a sequence
 * together.
 *
 * <p>GSPO (equations 5 to 7) takes −min(s k, clip(s) k), whose slope reaches every token through s;
 * {@link GspoToken} keeps a token's coefficient with it.
 *
 * @param low s is clipped below 1 − low, in (0, 1)
 * @param high s is clipped above 1 + high, above 0
 */
public record Gspo(double low, double high) implements TokenLoss {
  /** Refuses bounds that are out of range. */
  public Gspo {
    new Check()
        .that(low > 0 && low < 1, "objective.gspo.low", low, "must be in (0, 1)")
        .that(
            high > 0 && high < Double.POSITIVE_INFINITY,
            "objective.gspo.high",
            high,
            "must be > 0 and finite")
        .done();
  }

  @Override
  public String name() {
    return "gspo";
  }

  @Override
  public boolean usesRatio() {
    return true;
  }

  @Override
  public void add(SequenceScores scores, double[] coefs, LossTerms terms) {
    double[] slopes = addValues(scores, coefs, terms);
    double throughRatio = 0;
    for (double slope : slopes) {
      throughRatio += slope;
    }
    for (int t = 0; t < coefs.length; t++) {
      terms.addPolicy(t, 0, throughRatio / coefs.length);
    }
  }

  /** Adds each token's part of the loss, and gives its slope by log s, which nothing has yet. */
  double[] addValues(SequenceScores scores, double[] coefs, LossTerms terms) {
    double ratio = Math.exp(meanLogRatio(scores));
    double[] slopes = new double[coefs.length];
    for (int t = 0; t < coefs.length; t++) {
      double bounded = coefs[t] > 0 ? Math.min(ratio, 1 + high) : Math.max(ratio, 1 - low);
      // A NaN is not taken for clipped, which would hide it behind a slope of 0.
      boolean clipped = coefs[t] != 0 && Math.abs(bounded - ratio) > 0;
      slopes[t] = clipped || coefs[t] == 0 ? 0 : -coefs[t] * ratio;
      terms.addPolicy(t, coefs[t] == 0 ? 0 : -coefs[t] * bounded, 0);
      if (clipped) {
        terms.setClipped(t);
      }
    }
    return slopes;
  }

  private static double meanLogRatio(SequenceScores scores) {
    double sum = 0;
    for (int t = 0; t < scores.tokens(); t++) {
      sum += scores.logprobs()[t] - scores.samplerLogprobs()[t];
    }
    return sum / scores.tokens();
  }
}
