package dev.kindling.objective;

import dev.kindling.check.Check;

/**
 * Subtracts c H, aggregated as the loss is, so that the policy keeps its entropy H (Williams and
 * Peng 1991; c = 0.002 is the baseline of arXiv:2510.03222).
 *
 * @param coefficient c, above 0
 */
public record EntropyBonus(double coefficient) implements Regulariser {
  /** Refuses a coefficient that is not positive. */
  public EntropyBonus {
    new Check()
        .that(
            coefficient > 0 && coefficient < Double.POSITIVE_INFINITY,
            "objective.entropy_bonus.coefficient",
            coefficient,
            "must be > 0 and finite")
        .done();
  }

  @Override
  public String name() {
    return "entropy-bonus";
  }

  @Override
  public void add(SequenceScores scores, int t, double mark, LossTerms terms) {
    double slope = -coefficient * scores.tokenScale();
    terms.addEntropy(t, slope * scores.entropies()[t], slope);
  }

  @Override
  public boolean countsEveryToken() {
    return true;
  }
}
