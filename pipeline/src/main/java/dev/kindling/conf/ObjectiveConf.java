package dev.kindling.conf;

import dev.kindling.check.Check;
import dev.kindling.objective.Aggregation;
import dev.kindling.objective.Garl;
import dev.kindling.objective.Grpo;
import dev.kindling.objective.Objective;
import dev.kindling.objective.Paft;
import dev.kindling.objective.Rloo;
import dev.kindling.objective.Sft;
import dev.kindling.objective.Success;
import java.util.Optional;

/**
 * What is minimised.
 *
 * @param name the objective
 * @param success where the estimate of success comes from
 * @param q place between reward (0) and likelihood (1), in [0, 1]
 * @param pathwise whether the gold answer's likelihood is trained on too
 * @param normalizeMq whether weights are divided by M^q
 * @param resamples rollouts drawn again per prompt, K; 0 takes as many as there are
 * @param clipLow how far the ratio may fall below 1
 * @param clipHigh how far the ratio may rise above 1
 * @param dualClip bound of the ratio for negative advantages; 0 is off
 * @param kl coefficient of the k3 term to the reference policy
 * @param aggregation how tokens make the loss; empty takes the paper's
 */
public record ObjectiveConf(
    Name name,
    Success success,
    double q,
    boolean pathwise,
    boolean normalizeMq,
    int resamples,
    double clipLow,
    double clipHigh,
    double dualClip,
    double kl,
    Optional<Aggregation> aggregation) {
  /** An objective. */
  public enum Name {
    /** Amplified RL gradient over prior samples. */
    GARL,
    /** Attenuated fine-tuning on posterior samples. */
    PAFT,
    /** Group-relative policy optimisation. */
    GRPO,
    /** Leave-one-out baseline. */
    RLOO,
    /** Supervised fine-tuning. */
    SFT;

    /** Whether one rollout alone has no advantage. */
    boolean needsGroup() {
      return this == GRPO || this == RLOO;
    }
  }

  /** Refuses values outside the ranges of {@code conf/defaults.yaml}. */
  public ObjectiveConf {
    new Check()
        .that(q >= 0 && q <= 1, "objective.q", q, "must be in [0, 1]")
        .that(resamples >= 0, "objective.resamples", resamples, "must be >= 0")
        .that(clipLow > 0 && clipLow < 1, "objective.clip_low", clipLow, "must be in (0, 1)")
        .that(clipHigh > 0, "objective.clip_high", clipHigh, "must be > 0")
        .that(
            dualClip == 0 || dualClip > 1,
            "objective.dual_clip",
            dualClip,
            "must be 0 (off) or > 1")
        .that(kl >= 0, "objective.kl", kl, "must be >= 0")
        .done();
  }

  /**
   * The objective that these settings describe.
   *
   * @throws dev.kindling.check.InvalidInputException if they do not fit together, for example grpo
   *     with the likelihood estimate
   */
  Objective build() {
    return switch (name) {
      case GARL -> new Garl(success, q, pathwise, normalizeMq);
      case PAFT -> new Paft(success, q, resamples, normalizeMq);
      case GRPO ->
          new Grpo(
              success,
              clipLow,
              clipHigh,
              dualClip,
              kl,
              aggregation.orElse(Aggregation.SEQ_MEAN_TOKEN_MEAN));
      case RLOO -> new Rloo(success, aggregation.orElse(Aggregation.SEQ_MEAN_TOKEN_SUM));
      case SFT -> new Sft(aggregation.orElse(Aggregation.TOKEN_MEAN));
    };
  }
}
