package dev.kindling.objective;

import dev.kindling.check.Check;
import java.util.List;
import java.util.Optional;

/**
 * Lp-Reg, low-probability regularisation (arXiv:2510.03222, equation 6): adds β KL(proxy ‖ policy),
 * over the whole vocabulary and with the proxy held fixed, on every sampled token that is
 * improbable, no noise, and has a negative advantage. So the policy keeps the rare tokens that a
 * wrong answer would teach it to drop.
 *
 * <p>A token is improbable when its probability lies below the ρ-quantile of the probabilities of
 * all sampled tokens of the update, interpolated linearly; it is noise when the {@link Proxy} cuts
 * it off. The paper's loss is {@link Ratio}; any other may be combined with it.
 *
 * @param beta β, above 0
 * @param rho ρ, in [0, 1); 0 regularises nothing
 * @param kappa noise threshold relative to the likeliest token, as of {@link Proxy}
 * @param tau noise threshold itself, likewise
 * @param proxy which policy the proxy is made from
 */
public record LpReg(double beta, double rho, double kappa, double tau, Proxy.Source proxy)
    implements Regulariser {
  /** Refuses settings that are out of range. */
  public LpReg {
    new Check()
        .that(
            beta > 0 && beta < Double.POSITIVE_INFINITY,
            "objective.lp_reg.beta",
            beta,
            "must be > 0 and finite")
        .that(rho >= 0 && rho < 1, "objective.lp_reg.rho", rho, "must be in [0, 1)")
        .allows(() -> new Proxy(kappa, tau, proxy))
        .done();
  }

  @Override
  public String name() {
    return "lp-reg";
  }

  @Override
  public List<SqlColumn> columns() {
    return List.of(
        new SqlColumn("p", "CASE WHEN is_sampled THEN exp(logprob) END"),
        // The quantile as ranks: not every planner knows percentiles in windows.
        new SqlColumn("rank", "row_number() OVER (PARTITION BY update ORDER BY p NULLS LAST) - 1"),
        new SqlColumn(
            "quantile_rank",
            "(count(p) OVER (PARTITION BY update) - 1) * " + SqlColumn.literal(rho)),
        new SqlColumn("below", atRank("floor(quantile_rank)")),
        new SqlColumn("above", atRank("ceil(quantile_rank)")),
        new SqlColumn(
            "improbable",
            "CASE WHEN below = above THEN below ELSE (ceil(quantile_rank) - quantile_rank) * below"
                + " + (quantile_rank - floor(quantile_rank)) * above END"),
        new SqlColumn(
            "mark", "CASE WHEN p < improbable AND advantage < 0E0 THEN 1E0 ELSE 0E0 END"));
  }

  private static String atRank(String rank) {
    return "max(CASE WHEN rank = " + rank + " THEN p END) OVER (PARTITION BY update)";
  }

  @Override
  public void add(SequenceScores scores, int t, double mark, LossTerms terms) {
    if (mark > 0 && scores.proxyLogprobs()[t] > Double.NEGATIVE_INFINITY) {
      double slope = beta * scores.tokenScale();
      terms.addDivergence(t, slope * scores.proxyDivergences()[t], slope);
    }
  }

  @Override
  public Optional<Proxy> proxyPolicy() {
    return Optional.of(new Proxy(kappa, tau, proxy));
  }
}
