package dev.kindling.objective;

/**
 * How the tokens of a batch are averaged into one loss. Every denominator is counted over the whole
 * batch of an update, sequences with a coefficient of 0 included, so that neither leaving those out
 * nor splitting the batch changes the gradient.
 */
public enum Aggregation {
  /** Mean over examples of the sum over tokens, averaged over the example's samples. */
  EXAMPLE_MEAN("1E0 / (batch_examples * rollouts)"),
  /** Mean over all tokens. */
  TOKEN_MEAN("1E0 / batch_tokens"),
  /** Mean over sequences of the sum over their tokens. */
  SEQ_MEAN_TOKEN_SUM("1E0 / batch_sequences"),
  /** Mean over sequences of the mean over their tokens. */
  SEQ_MEAN_TOKEN_MEAN("1E0 / (batch_sequences * tokens)"),
  /** Mean over sequences of the sum over their tokens divided by a constant length. */
  DR_GRPO("1E0 / (batch_sequences * length_limit)"),
  /** The same without the division by the number of sequences, as verl has it. */
  SEQ_MEAN_TOKEN_SUM_NORM("1E0 / length_limit");

  private final String tokenScale;

  Aggregation(String tokenScale) {
    this.tokenScale = tokenScale;
  }

  /**
   * The share of one token in the loss, as SQL over {@code rollouts} (the example's samples that
   * are evidence), {@code tokens} (trained tokens of the sequence, at least 1), {@code
   * batch_examples}, {@code batch_sequences}, {@code batch_tokens} (counts of the whole batch) and
   * {@code length_limit} (the constant length, in tokens).
   */
  public String tokenScale() {
    return tokenScale;
  }
}
