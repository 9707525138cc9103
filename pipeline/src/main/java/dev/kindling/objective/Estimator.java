package dev.kindling.objective;

import java.io.Serializable;
import java.util.List;
import java.util.OptionalDouble;

/** How the scores of one example's samples become coefficients: one record per paper. */
public interface Estimator extends Serializable {
  /** The name in configuration files, for example {@code garl}. */
  String name();

  /** Which estimate of success the coefficients are made from. */
  default Success success() {
    return Success.VERIFIED;
  }

  /**
   * The columns that make a sample's coefficients, in order; each may use those before it. The last
   * two are {@code rationale_coef} and {@code answer_coef} (double); {@code q} (double, of the
   * example) and {@code resampled} (int, of the samples) are among them where the estimator has
   * them.
   *
   * <p>They may use these columns of the samples that are evidence, which is those where the
   * verifier had no fault:
   *
   * <ul>
   *   <li>{@code sample}: its number
   *   <li>{@code reward}: the verifier's, after {@link OverlongShaping}
   *   <li>{@code log_w}: log w, in nats, negative infinity for w = 0
   *   <li>{@code relative_w}: w divided by the example's largest; 0 when every w is 0
   * </ul>
   *
   * <p>And these of the example. Where it has no such samples, those from {@code log_max} on are
   * null.
   *
   * <ul>
   *   <li>{@code example_id}; {@code seed} and {@code step}, the keys of draws
   *   <li>{@code rollouts}: M, the number of samples
   *   <li>{@code log_max}: the largest {@code log_w}
   *   <li>{@code sum_relative_w}: 0 or in [1, M]; {@code mean_relative_w}: that divided by M
   *   <li>{@code spread}: 1/ESS − 1/M of the estimate that amplifies, null when every w is 0
   *   <li>{@code log_p_hat}: log P̂; negative infinity when every w is 0
   *   <li>{@code carried_log_p}: that carried across steps; only with {@link #carryDecay}
   * </ul>
   */
  List<SqlColumn> columns();

  /** The token loss of its paper. */
  default TokenLoss paperLoss() {
    return new PolicyGradient();
  }

  /** The aggregation of its paper. */
  Aggregation paperAggregation();

  /** Whether one rollout alone has no advantage. */
  default boolean needsGroup() {
    return false;
  }

  /** What finishes its coefficients token by token. */
  default List<Regulariser> regularisers() {
    return List.of();
  }

  /** Whether rollouts come from the data set, so that nothing is sampled. */
  default boolean isSupervised() {
    return false;
  }

  /** The share of an example's earlier evidence that a visit keeps; empty without a carried P̂. */
  default OptionalDouble carryDecay() {
    return OptionalDouble.empty();
  }

  /**
   * Whether an example with the same scores has other coefficients in another step: draws are keyed
   * by it, and what is carried comes from before.
   */
  default boolean differsByStep() {
    return carryDecay().isPresent()
        || columns().stream().anyMatch(column -> column.expression().matches("(?s).*\\bstep\\b.*"));
  }
}
