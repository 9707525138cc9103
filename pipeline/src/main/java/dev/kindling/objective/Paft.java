package dev.kindling.objective;

import dev.kindling.check.Check;
import java.util.List;
import java.util.OptionalDouble;

/**
 * PAFT, posterior-attenuated fine-tuning on the J_Q continuum (arXiv:2604.25907, algorithm 2):
 * samples of the posterior over rationales, attenuated by P̂^(1-q).
 *
 * <p>K samples are drawn with replacement, sample m with probability w_m / Σw, and the gradient of
 * an example is −(w̄^(1-q) / (M^q K)) Σ_k ∇log p(z_k, y*|x): sample m, drawn n_m times, has the
 * coefficient n_m (M/K) w̄^(1-q)/M^q before the division by M that all objectives of the family
 * share. Its expectation is GARL's coefficient of the answer. q = 1 is the E-step of expectation
 * maximisation (TRICE, arXiv:2312.02179).
 *
 * <p>Draw k (1 to K) is v_k = h/2^52 where h is the number that the first 13 hexadecimal digits of
 * {@code md5(seed/step/example_id/k)} write, so that anyone can repeat it; it falls on the first
 * sample whose cumulative w exceeds v_k Σw.
 *
 * <p>Conventions: an example whose w are all 0 draws nothing and has coefficients 0. Departure:
 * with verified success it trains on correct samples (z_m, ŷ_m), drawn evenly.
 *
 * <p>With {@code carry} the attenuation is w̄ P̃^-q, P̃ being the example's P̂ carried across
 * steps.
 *
 * @param success the estimate that w is
 * @param schedule exponent of the amplification, in [0, 1]
 * @param resamples K, the draws of an example; 0 for as many as it has samples
 * @param normalizeMq whether coefficients are divided by M^q
 * @param carry the share of earlier evidence on P that a visit keeps, in [0, 1); 0 carries nothing
 */
public record Paft(
    Success success, QSchedule schedule, int resamples, boolean normalizeMq, double carry)
    implements Estimator {
  /** Refuses a negative number of draws and a share outside [0, 1). */
  public Paft {
    new Check()
        .that(carry >= 0 && carry < 1, "objective.carry", carry, "must be in [0, 1)")
        .that(
            resamples >= 0,
            "objective.resamples",
            resamples,
            "must be >= 0; 0 draws as many as there are samples")
        .done();
  }

  @Override
  public String name() {
    return "paft";
  }

  @Override
  public List<SqlColumn> columns() {
    return List.of(
        new SqlColumn("q", schedule.expression()),
        new SqlColumn("draws", resamples == 0 ? "rollouts" : String.valueOf(resamples)),
        new SqlColumn(
            "uniforms",
            "transform(sequence(1, draws), k -> "
                + SqlColumn.uniform("seed, step, example_id, k")
                + ")"),
        SqlColumn.sumBefore("lower_w", "relative_w"),
        new SqlColumn("upper_w", "lower_w + relative_w"),
        new SqlColumn(
            "resampled",
            """
            size(filter(uniforms, v ->
              v * sum_relative_w >= lower_w AND v * sum_relative_w < upper_w))"""),
        new SqlColumn(
            "scale",
            "exp(log_p_hat - q * "
                + (carry > 0 ? "carried_log_p" : "log_p_hat")
                + ") * rollouts / draws"
                + (normalizeMq ? " / power(rollouts, q)" : "")),
        new SqlColumn(
            "rationale_coef", "CASE WHEN resampled = 0 THEN 0E0 ELSE resampled * scale END"),
        new SqlColumn("answer_coef", "rationale_coef"));
  }

  @Override
  public Aggregation paperAggregation() {
    return Aggregation.EXAMPLE_MEAN;
  }

  @Override
  public OptionalDouble carryDecay() {
    return carry > 0 ? OptionalDouble.of(carry) : OptionalDouble.empty();
  }
}
