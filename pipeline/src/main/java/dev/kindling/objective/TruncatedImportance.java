package dev.kindling.objective;

import dev.kindling.check.Check;

/**
 * Truncated importance sampling: multiplies a coefficient by min(p/p_sampler, C), held fixed, where
 * sampler and trainer give a token different probabilities (Ionides 2008; arXiv:2505.24298 uses it
 * between engines).
 *
 * @param cap C, at least 1; 2 is usual
 */
public record TruncatedImportance(double cap) implements Regulariser {
  /** Refuses a cap below 1, which would shrink even agreeing tokens. */
  public TruncatedImportance {
    new Check()
        .that(
            cap >= 1 && cap < Double.POSITIVE_INFINITY,
            "objective.importance_cap",
            cap,
            "must be 0 (off), or finite and >= 1")
        .done();
  }

  @Override
  public String name() {
    return "truncated-importance";
  }

  @Override
  public double coef(double coef, SequenceScores scores, int t, double mark) {
    double ratio = Math.exp(scores.logprobs()[t] - scores.samplerLogprobs()[t]);
    return coef * Math.min(ratio, cap);
  }

  @Override
  public boolean needsSampledTokens() {
    return true;
  }
}
