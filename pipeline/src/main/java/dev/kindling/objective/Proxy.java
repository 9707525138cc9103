package dev.kindling.objective;

import dev.kindling.check.Check;
import java.io.Serializable;

/**
 * The proxy distribution of Lp-Reg (arXiv:2510.03222, equations 3 and 4): a policy without the
 * tokens that it holds for noise, the rest renormalised. Tokens of a probability up to the
 * threshold are noise.
 *
 * @param kappa the threshold as a share of the likeliest token's probability, in [0, 1); 0 when tau
 *     is given
 * @param tau the threshold itself, in [0, 1); 0 when kappa is given
 * @param source which policy it is made from
 */
public record Proxy(double kappa, double tau, Source source) implements Serializable {
  /** Which policy a proxy is made from. */
  public enum Source {
    /** The one being trained. */
    CURRENT,
    /** The one that sampled. */
    SAMPLER
  }

  /** Refuses two thresholds, and ones that are out of range. */
  public Proxy {
    new Check()
        .that(kappa >= 0 && kappa < 1, "objective.lp_reg.kappa", kappa, "must be in [0, 1)")
        .that(tau >= 0 && tau < 1, "objective.lp_reg.tau", tau, "must be in [0, 1)")
        .that(
            (kappa > 0) != (tau > 0),
            "objective.lp_reg.tau",
            tau,
            "must be 0 where objective.lp_reg.kappa is above 0, and above 0 where that is 0")
        .done();
  }
}
