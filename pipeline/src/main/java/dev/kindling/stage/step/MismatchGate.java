package dev.kindling.stage.step;

import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.train.GradientStatistics;
import java.util.Locale;

/**
 * Refuses to train on rollouts whose log-probs the trainer does not reproduce: a sign that sampler
 * and trainer run different weights, precision or positions.
 *
 * @param precision which numbers both multiply; each has bounds of its own in the configuration
 * @param maxLogprobGap largest |trainer − sampler log-prob| of a trained token, in nats
 * @param maxK3 largest mean over trained tokens of e^d − d − 1, d = trainer − sampler log-prob
 */
public record MismatchGate(Precision precision, double maxLogprobGap, double maxK3) {
  /** A gate that lets everything pass, for rows that no policy sampled. */
  public static MismatchGate open(Precision precision) {
    return new MismatchGate(precision, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  /**
   * Holds the bounds.
   *
   * @throws InvalidInputException if one is exceeded, saying what to look at
   */
  void check(GradientStatistics statistics) {
    double k3 = statistics.k3() / Math.max(1, statistics.tokens());
    if (statistics.maxMismatch() > maxLogprobGap || k3 > maxK3) {
      String suffix = precision == Precision.FLOAT32 ? "" : "_bfloat16";
      throw new InvalidInputException(
          ("Sampler and trainer disagree: largest log-prob gap %.3g nats (trainer.max_logprob_gap%s"
                  + " is %.3g), mean k3 %.3g (trainer.max_mismatch_k3%s is %.3g), model.precision is"
                  + " %s. Nothing was written. Look at policy_version of 2-rollouts (sampled by"
                  + " another checkpoint?), at 5-batches (token_ids against prompt, rationale and"
                  + " answer), and at the precision of both engines; longer sequences may need"
                  + " larger bounds.")
              .formatted(
                  statistics.maxMismatch(),
                  suffix,
                  maxLogprobGap,
                  k3,
                  suffix,
                  maxK3,
                  precision.name().toLowerCase(Locale.ROOT)));
    }
  }
}
