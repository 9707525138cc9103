package dev.kindling.objective;

/**
 * The loss of one sequence's trained tokens and its slopes. A token's gradient by its logits is
 * slope by log-prob · (one-hot − p) − slope by entropy · p (log p + H) + slope by divergence · (p −
 * proxy), p being the policy's distribution where the token stands and H its entropy.
 */
public final class LossTerms {
  private final double[] values;
  private final double[] logprobSlopes;
  private final double[] entropySlopes;
  private final double[] proxySlopes;
  private final boolean[] clipped;

  /** Terms of 0 for a number of tokens. */
  public LossTerms(int tokens) {
    this.values = new double[tokens];
    this.logprobSlopes = new double[tokens];
    this.entropySlopes = new double[tokens];
    this.proxySlopes = new double[tokens];
    this.clipped = new boolean[tokens];
  }

  /** Adds to token {@code t} a value and its slope by the token's log-prob. */
  void addPolicy(int t, double value, double slope) {
    values[t] += value;
    logprobSlopes[t] += slope;
  }

  /** Adds to token {@code t} a value and its slope by the policy's entropy. */
  void addEntropy(int t, double value, double slope) {
    values[t] += value;
    entropySlopes[t] += slope;
  }

  /** Adds to token {@code t} a value and its slope by KL(proxy ‖ policy). */
  void addDivergence(int t, double value, double slope) {
    values[t] += value;
    proxySlopes[t] += slope;
  }

  void setClipped(int t) {
    clipped[t] = true;
  }

  /** Each token's term of the loss. */
  public double[] values() {
    return values;
  }

  /** Slope of the loss by each token's log-prob. */
  public double[] logprobSlopes() {
    return logprobSlopes;
  }

  /** Slope of the loss by the policy's entropy where each token stands. */
  public double[] entropySlopes() {
    return entropySlopes;
  }

  /** Slope of the loss by KL(proxy ‖ policy) where each token stands. */
  public double[] proxySlopes() {
    return proxySlopes;
  }

  /** Whether the ratio of each token was clipped. */
  public boolean[] clipped() {
    return clipped;
  }
}
