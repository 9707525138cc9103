package dev.kindling.objective;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** What is added to the loss per token, or what becomes of its coefficient. */
public interface Regulariser extends Serializable {
  /**
   * Columns of a whole update, in the order of (example, sample, token), so that sums have bits.
   */
  String OVER_BATCH =
      " OVER (PARTITION BY update ORDER BY example_id, sample, token"
          + " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)";

  /** The name in configuration files, for example {@code lp-reg}. */
  String name();

  /**
   * The columns that make a token's {@code mark}, the last of them, from all tokens of the update;
   * empty for a regulariser that needs no other token. Each may use those before it, and these:
   *
   * <ul>
   *   <li>{@code update}, {@code example_id}, {@code sample}, {@code token}: the token's key, which
   *       breaks every tie
   *   <li>{@code is_sampled}: whether the policy drew the token; those of a gold answer it did not
   *   <li>{@code logprob}, {@code sampler_logprob}, {@code reference_logprob}, {@code entropy}: in
   *       nats; that of the reference is null unless {@link #needsReference}
   *   <li>{@code advantage}: the coefficient before denominators
   *   <li>{@code is_clipped}: whether the token loss clips the token's ratio
   *   <li>{@code draw}: a random number of the token, in [0, 1)
   * </ul>
   *
   * <p>A column named {@code advantage} replaces it for the regularisers after this one.
   */
  default List<SqlColumn> columns() {
    return List.of();
  }

  /** Whether it must see the whole batch first. */
  default boolean isBatchWide() {
    return !columns().isEmpty();
  }

  /**
   * What becomes of the coefficient of token {@code t}.
   *
   * @param mark the token's; NaN unless batch-wide
   */
  default double coef(double coef, SequenceScores scores, int t, double mark) {
    return coef;
  }

  /**
   * Adds the regulariser's own term of token {@code t}.
   *
   * @param mark the token's; NaN unless batch-wide
   */
  default void add(SequenceScores scores, int t, double mark, LossTerms terms) {}

  /** Whether log-probs of the reference policy are needed. */
  default boolean needsReference() {
    return false;
  }

  /** The proxy distribution that it needs. */
  default Optional<Proxy> proxyPolicy() {
    return Optional.empty();
  }

  /** Whether a token whose coefficient is 0 still counts, in a term or in a statistic. */
  default boolean countsEveryToken() {
    return isBatchWide();
  }

  /** Whether it is about tokens that the policy sampled, so that it has no meaning without any. */
  default boolean needsSampledTokens() {
    return isBatchWide();
  }
}
