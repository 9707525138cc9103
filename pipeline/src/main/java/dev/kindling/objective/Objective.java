package dev.kindling.objective;

import java.io.Serializable;
import java.util.List;

/**
 * What the policy is trained for: one record per paper, whose components are its settings.
 *
 * <p>An objective has two halves. {@link #columns} turn the scores of one example's samples into
 * coefficients, in SQL that a reader can run elsewhere; {@link #tokenLoss} says how a coefficient
 * meets the log-prob of a token. {@link #aggregation} joins them: a token's coefficient is its
 * sample's times the token's share in the batch.
 */
public sealed interface Objective extends Serializable permits Garl, Paft, Grpo, Rloo, Sft {
  /** The name in configuration files, for example {@code garl}. */
  String name();

  /** Which estimate of success the coefficients are made from. */
  Success success();

  /**
   * The columns that make a sample's coefficients, in order; each may use those before it. The last
   * two are {@code rationale_coef} and {@code answer_coef} (double); {@code q} (double) and {@code
   * resampled} (int) are among them where the objective has them. No lambda may use a column that
   * costs more than a look-up: the optimizer may move its definition into the lambda.
   *
   * <p>They may use these columns. Where the verifier had a fault, those from {@code reward} on are
   * null, and so may be what is made of them.
   *
   * <ul>
   *   <li>{@code example_id}, {@code sample}; {@code seed} and {@code step}, the keys of draws
   *   <li>{@code reward}: the verifier's
   *   <li>{@code log_w}: log w, in nats, negative infinity for w = 0
   *   <li>{@code relative_w}: w divided by the example's largest; 0 when every w is 0
   * </ul>
   *
   * <p>And these of the whole example, over the samples that are evidence, null but for the first
   * if there are none:
   *
   * <ul>
   *   <li>{@code rollouts}: M, the number of samples
   *   <li>{@code log_max}: the largest {@code log_w}
   *   <li>{@code sum_relative_w}: 0 or in [1, M]; {@code mean_relative_w}: that divided by M
   *   <li>{@code log_p_hat}: log P̂; negative infinity when every w is 0
   * </ul>
   */
  List<SqlColumn> columns();

  /** How a token's coefficient meets its log-prob. */
  TokenLoss tokenLoss();

  /** How tokens are averaged into the loss. */
  Aggregation aggregation();

  /** Whether a sequence whose coefficients are all 0 still has a gradient, from a KL term. */
  default boolean trainsOnZeroCoefficients() {
    return tokenLoss().needsReference();
  }
}
