package dev.kindling.objective;

import dev.kindling.check.InvalidInputException;
import java.util.Locale;

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
  SEQ_MEAN_TOKEN_MEAN("1E0 / (batch_sequences * tokens)");

  static final String SETTING = "objective.aggregation";
  static final String RULE = "must be token-mean, seq-mean-token-sum or seq-mean-token-mean";

  private final String tokenScale;

  Aggregation(String tokenScale) {
    this.tokenScale = tokenScale;
  }

  /**
   * The share of one token in the loss, as SQL over {@code rollouts} (the example's samples that
   * are evidence), {@code tokens} (trained tokens of the sequence, at least 1) and {@code
   * batch_examples}, {@code batch_sequences}, {@code batch_tokens} (counts of the whole batch).
   */
  public String tokenScale() {
    return tokenScale;
  }

  /** The name in configuration files, for example {@code token-mean}. */
  public String settingName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether a user may choose it: {@link #EXAMPLE_MEAN} belongs to the J_Q family alone. */
  boolean isChoice() {
    return this != EXAMPLE_MEAN;
  }

  /**
   * The aggregation of a name that a user may choose.
   *
   * @throws InvalidInputException if there is none
   */
  public static Aggregation named(String name) {
    for (Aggregation aggregation : values()) {
      if (aggregation.isChoice() && aggregation.settingName().equals(name)) {
        return aggregation;
      }
    }
    throw new InvalidInputException("Invalid " + SETTING + ": " + name + " (" + RULE + ")");
  }
}
