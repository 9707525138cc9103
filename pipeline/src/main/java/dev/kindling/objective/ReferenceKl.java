package dev.kindling.objective;

import dev.kindling.check.Check;

/**
 * Adds β (e^d − d − 1), d = log p_reference − log p, aggregated as the loss is: the k3 estimate of
 * KL(p ‖ p_reference) of GRPO (arXiv:2402.03300, equation 4).
 *
 * @param beta β, above 0
 * @param bound the estimate is at most this, without a slope beyond; 0 for none. Departure from the
 *     paper: log-probs far below the reference's overflow single precision
 */
public record ReferenceKl(double beta, double bound) implements Regulariser {
  /** Refuses settings that are out of range. */
  public ReferenceKl {
    new Check()
        .that(
            beta > 0 && beta < Double.POSITIVE_INFINITY,
            "objective.kl",
            beta,
            "must be >= 0 and finite")
        .that(
            bound >= 0 && bound < Double.POSITIVE_INFINITY,
            "objective.kl_bound",
            bound,
            "must be >= 0 and finite; 0 is off")
        .done();
  }

  @Override
  public String name() {
    return "reference-kl";
  }

  @Override
  public void add(SequenceScores scores, int t, double mark, LossTerms terms) {
    double d = scores.referenceLogprobs()[t] - scores.logprobs()[t];
    double k3 = Math.expm1(d) - d;
    double weight = beta * scores.tokenScale();
    if (bound > 0 && k3 > bound) {
      terms.addPolicy(t, weight * bound, 0);
    } else {
      terms.addPolicy(t, weight * k3, -weight * Math.expm1(d));
    }
  }

  @Override
  public boolean needsReference() {
    return true;
  }

  @Override
  public boolean countsEveryToken() {
    return true;
  }
}
