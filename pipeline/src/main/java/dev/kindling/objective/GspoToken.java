package dev.kindling.objective;

/**
 * GSPO-token (arXiv:2507.18071, equations 13 and 14): {@link Gspo} with s_t = sg[s] p_t/sg[p_t] in
 * place of s. The value is the same, and so is the slope where all tokens have one coefficient, but
 * a token's coefficient stays with it.
 *
 * @param bounds what s is clipped to
 */
public record GspoToken(Gspo bounds) implements TokenLoss {
  @Override
  public String name() {
    return "gspo-token";
  }

  @Override
  public boolean usesRatio() {
    return true;
  }

  @Override
  public void add(SequenceScores scores, double[] coefs, LossTerms terms) {
    double[] slopes = bounds.addValues(scores, coefs, terms);
    for (int t = 0; t < slopes.length; t++) {
      terms.addPolicy(t, 0, slopes[t]);
    }
  }
}
