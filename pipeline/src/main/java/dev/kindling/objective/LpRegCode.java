package dev.kindling.objective;

import java.util.List;
import java.util.Optional;

/**
 * Lp-Reg as its authors released it, which is not the equation of their paper ({@link LpReg}): adds
 * β (e^d − d − 1), d = log proxy − log p of the sampled token, on those of the k least probable
 * tokens of negative advantage whose d is above 0. So noise stays out, as does a token that the
 * sampler's proxy holds for less probable than the policy does. The term is at most 10 β, without a
 * slope beyond. k is ρ times the number of tokens of negative advantage, rounded down; nothing is
 * regularised where k is below 2.
 *
 * <p>Departure: the code takes the k tokens from a micro-batch, this from the whole update, ties in
 * the order of example, sample and token. Its loss is {@link ClippedRatio} with bounds 1 and 9.
 *
 * @param settings β, ρ and the proxy
 */
public record LpRegCode(LpReg settings) implements Regulariser {
  private static final double BOUND = 10;

  @Override
  public String name() {
    return "lp-reg-code";
  }

  @Override
  public List<SqlColumn> columns() {
    return List.of(
        new SqlColumn("is_negative", "is_sampled AND advantage < 0E0"),
        new SqlColumn(
            "least",
            "floor("
                + SqlColumn.literal(settings.rho())
                + " * count_if(is_negative) OVER (PARTITION BY update))"),
        new SqlColumn(
            "rank",
            "row_number() OVER (PARTITION BY update"
                + " ORDER BY is_negative DESC, logprob, example_id, sample, token)"),
        new SqlColumn(
            "mark", "CASE WHEN is_negative AND rank <= least AND least > 1 THEN 1E0 ELSE 0E0 END"));
  }

  @Override
  public void add(SequenceScores scores, int t, double mark, LossTerms terms) {
    double d = scores.proxyLogprobs()[t] - scores.logprobs()[t];
    if (mark > 0 && d > 0) {
      double k3 = Math.expm1(d) - d;
      double weight = settings.beta() * scores.tokenScale();
      if (k3 > BOUND) {
        terms.addPolicy(t, weight * BOUND, 0);
      } else {
        terms.addPolicy(t, weight * k3, -weight * Math.expm1(d));
      }
    }
  }

  @Override
  public Optional<Proxy> proxyPolicy() {
    return settings.proxyPolicy();
  }
}
