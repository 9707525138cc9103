package dev.kindling.objective;

import dev.kindling.check.Check;
import java.util.List;
import java.util.OptionalDouble;

/**
 * GARL, gradient-amplified reinforcement learning on the J_Q continuum (arXiv:2604.25907, algorithm
 * 1 and equation 12): samples of the prior, amplified by P̂^-q, with a leave-one-out baseline.
 *
 * <p>The gradient of an example is −(1/M^q)(1/M) Σ_m [c_m ∇log p(z_m|x) + (w_m/w̄^q) ∇log
 * p(y*|x,z_m)] with c_m = w_m/w̄^q − (w̄ of the others)^(1-q). The second, pathwise, term is the
 * derivative of w_m itself.
 *
 * <p>Numbers are computed relative to the largest w, so that they are right at log w = −200: with a
 * = max log w and u_m = exp(log w_m − a), c_m = e^((1-q)a) [u_m/ū^q − (ū of the others)^(1-q)].
 *
 * <p>Conventions: the baseline of a single sample is 0; an example whose w are all 0 has
 * coefficients 0; 0^0 is 1.
 *
 * <p>Departure: with verified success w is a verdict, which has no derivative. There is no pathwise
 * term then, whatever {@code pathwise} says, and c_m is the coefficient of the whole sampled
 * sequence (z_m, ŷ_m).
 *
 * <p>With {@code carry} the amplification is P̃^-q, P̃ being the example's P̂ carried across steps;
 * its baseline is (w̄ of the others)/P̃^q, which does not contain the sample either.
 *
 * @param success the estimate that w is
 * @param schedule exponent of the amplification, in [0, 1]; 0 is reinforcement learning of P
 *     (VeriFree, arXiv:2505.21493), 1 the gradient of log P (IWAE, arXiv:1509.00519)
 * @param pathwise whether the answer has its pathwise term
 * @param normalizeMq whether coefficients are divided by M^q, which keeps w/w̄^q in [0, 1]
 * @param carry the share of earlier evidence on P that a visit keeps, in [0, 1); 0 carries nothing
 */
public record Garl(
    Success success, QSchedule schedule, boolean pathwise, boolean normalizeMq, double carry)
    implements Estimator {
  /** Refuses a share outside [0, 1). */
  public Garl {
    new Check().that(carry >= 0 && carry < 1, "objective.carry", carry, "must be in [0, 1)").done();
  }

  @Override
  public String name() {
    return "garl";
  }

  @Override
  public List<SqlColumn> columns() {
    boolean carried = carry > 0;
    return List.of(
        new SqlColumn("q", schedule.expression()),
        SqlColumn.min("largest", "CASE WHEN relative_w = 1E0 THEN sample END"),
        // Taking the largest (1) from a sum that it dominates would leave rounding noise where the
        // others are 1e-20; the others are added up instead. Any other subtraction leaves >= 1.
        SqlColumn.sum(
            "sum_without_largest", "CASE WHEN sample = largest THEN 0E0 ELSE relative_w END"),
        new SqlColumn(
            "scale", "exp((1E0 - q) * log_max)" + (normalizeMq ? " / power(rollouts, q)" : "")),
        new SqlColumn(
            "amplification",
            carried ? "exp(-q * (carried_log_p - log_max))" : "power(mean_relative_w, -q)"),
        new SqlColumn(
            "baseline", "CASE WHEN rollouts = 1 THEN 0E0 ELSE " + baseline(carried) + " END"),
        new SqlColumn("amplified_w", "relative_w * amplification"),
        new SqlColumn("rationale_coef", ifPossible("scale * (amplified_w - baseline)")),
        new SqlColumn("answer_coef", answerCoef()));
  }

  /** What a sample's weight is compared with, where there are others. */
  private static String baseline(boolean carried) {
    String meanOfOthers =
        "CASE WHEN sample = largest THEN sum_without_largest ELSE sum_relative_w - relative_w END"
            + " / (rollouts - 1)";
    // power() takes four times as long, and this one is taken for every sample. The logarithm of 0
    // is null to Spark; the number in its place makes 0^0 1, and any other power of 0 zero.
    return carried
        ? meanOfOthers + " * amplification"
        : "exp((1E0 - q) * coalesce(ln(" + meanOfOthers + "), " + -Double.MAX_VALUE + "))";
  }

  private String answerCoef() {
    if (success == Success.VERIFIED) {
      return "rationale_coef";
    }
    return pathwise ? ifPossible("scale * amplified_w") : "0E0";
  }

  private static String ifPossible(String coefficient) {
    return "CASE WHEN sum_relative_w = 0E0 THEN 0E0 ELSE " + coefficient + " END";
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
