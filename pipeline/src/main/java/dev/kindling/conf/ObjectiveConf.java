package dev.kindling.conf;

import dev.kindling.check.Check;
import dev.kindling.objective.Aggregation;
import dev.kindling.objective.Cispo;
import dev.kindling.objective.ClipCov;
import dev.kindling.objective.ClippedRatio;
import dev.kindling.objective.DynamicSampling;
import dev.kindling.objective.EntropyBonus;
import dev.kindling.objective.Gspo;
import dev.kindling.objective.HighEntropy;
import dev.kindling.objective.KlCov;
import dev.kindling.objective.LpReg;
import dev.kindling.objective.MaxRl;
import dev.kindling.objective.Objective;
import dev.kindling.objective.Paft;
import dev.kindling.objective.QSchedule;
import dev.kindling.objective.Ratio;
import dev.kindling.objective.ReinforcePlusPlus;
import dev.kindling.objective.Sapo;
import dev.kindling.objective.Success;
import java.util.List;
import java.util.Optional;

/**
 * What is minimised: an estimator, a token loss, regularisers and an aggregation, with the settings
 * of each.
 *
 * @param name the estimator
 * @param success where the estimate of success comes from
 * @param q place between reward (0) and likelihood (1), in [0, 1]
 * @param schedule the course of q
 * @param carry share of an example's earlier evidence that a visit keeps; 0 carries nothing
 * @param pathwise whether the gold answer's likelihood is trained on too
 * @param normalizeMq whether weights are divided by M^q
 * @param resamples rollouts drawn again per prompt, K; 0 takes as many as there are
 * @param standardize whether grpo divides by the deviation
 * @param maxrl how maxrl writes its advantage
 * @param rewardKl weight of the KL divergence in the reward of reinforce-plus-plus
 * @param overlong what long completions lose
 * @param dynamicSampling how prompts whose rewards are all equal are replaced
 * @param loss the token loss; empty takes the paper's
 * @param clipLow how far the ratio may fall below 1
 * @param clipHigh how far the ratio may rise above 1
 * @param dualClip bound of the ratio for negative advantages; 0 is off
 * @param ratioBound bound of the ratio of the loss named ratio; 0 is off
 * @param gspo bounds of the sequence ratio
 * @param cispo bounds of the weight
 * @param sapo temperatures
 * @param importanceCap bound of the weight between sampler and trainer; 0 is off
 * @param kl coefficient of the k3 term to the reference policy
 * @param klBound largest k3 of a token; 0 is off
 * @param regularisers what is added per token, in order
 * @param lpReg settings of lp-reg and lp-reg-code
 * @param entropyBonus settings of entropy-bonus
 * @param highEntropy settings of high-entropy
 * @param klCov settings of kl-cov
 * @param clipCov settings of clip-cov
 * @param aggregation how tokens make the loss; empty takes the paper's
 * @param lengthLimit the constant length of an aggregation; 0 takes the longest completion
 */
public record ObjectiveConf(
    Name name,
    Success success,
    double q,
    ScheduleConf schedule,
    double carry,
    boolean pathwise,
    boolean normalizeMq,
    int resamples,
    boolean standardize,
    MaxRl.Variant maxrl,
    double rewardKl,
    OverlongConf overlong,
    DynamicSamplingConf dynamicSampling,
    Optional<Loss> loss,
    double clipLow,
    double clipHigh,
    double dualClip,
    double ratioBound,
    Gspo gspo,
    Cispo cispo,
    Sapo sapo,
    double importanceCap,
    double kl,
    double klBound,
    List<Term> regularisers,
    LpReg lpReg,
    EntropyBonus entropyBonus,
    HighEntropy highEntropy,
    KlCov klCov,
    ClipCov clipCov,
    Optional<Aggregation> aggregation,
    long lengthLimit) {
  /** An estimator. */
  public enum Name {
    /** Amplified RL gradient over prior samples. */
    GARL,
    /** Attenuated fine-tuning on posterior samples. */
    PAFT,
    /** Rewards as they are. */
    REINFORCE,
    /** Rewards whitened over the batch. */
    REINFORCE_PLUS_PLUS,
    /** Leave-one-out baseline. */
    RLOO,
    /** Group-relative policy optimisation. */
    GRPO,
    /** Likelihood of success from verdicts. */
    MAXRL,
    /** Supervised fine-tuning. */
    SFT
  }

  /** A token loss. */
  public enum Loss {
    /** The coefficient weighs the log-prob. */
    POLICY_GRADIENT,
    /** PPO's clip, its bounds apart. */
    CLIPPED_RATIO,
    /** The ratio with an upper bound. */
    RATIO,
    /** The ratio of whole sequences. */
    GSPO,
    /** The same, each token with its coefficient. */
    GSPO_TOKEN,
    /** The ratio as a bounded weight. */
    CISPO,
    /** A soft clip. */
    SAPO
  }

  /** A regulariser. */
  public enum Term {
    /** Low-probability regularisation, the paper's equation. */
    LP_REG,
    /** The same as its authors released it. */
    LP_REG_CODE,
    /** Keeps entropy. */
    ENTROPY_BONUS,
    /** Trains on the tokens of highest entropy. */
    HIGH_ENTROPY,
    /** A penalty on the tokens of highest covariance. */
    KL_COV,
    /** Leaves some tokens of high covariance out. */
    CLIP_COV
  }

  /**
   * The course of q.
   *
   * @param shape the course
   * @param lastQ q when it is over
   * @param steps steps until then
   * @param maxBias largest relative bias of an adaptive q
   */
  public record ScheduleConf(QSchedule.Shape shape, double lastQ, long steps, double maxBias) {}

  /**
   * What long completions lose.
   *
   * @param cache tokens before the limit that are punished; 0 is off
   * @param factor the most that is lost
   */
  public record OverlongConf(long cache, double factor) {}

  /**
   * How prompts whose rewards are all equal are replaced.
   *
   * @param maxRounds rounds of sampling in a step; 0 is off
   */
  public record DynamicSamplingConf(int maxRounds) {
    /** Refuses values out of range. */
    public DynamicSamplingConf {
      if (maxRounds != 0) {
        new Check().allows(() -> new DynamicSampling(maxRounds, 1)).done();
      }
    }
  }

  /** Refuses values out of range, also those of parts that are not chosen. */
  public ObjectiveConf {
    regularisers = List.copyOf(regularisers);
    new Check()
        .allows(
            () ->
                new QSchedule(schedule.shape, q, schedule.lastQ, schedule.steps, schedule.maxBias))
        .allows(() -> new Paft(success, QSchedule.constant(0), resamples, normalizeMq, carry))
        .allows(() -> new ReinforcePlusPlus(rewardKl, new ClippedRatio(1, 1, 0)))
        .allows(() -> new ClippedRatio(clipLow, clipHigh, dualClip))
        .allows(() -> new Ratio(ratioBound))
        .that(lengthLimit >= 0, "objective.length_limit", lengthLimit, "must be >= 0")
        .that(kl >= 0, "objective.kl", kl, "must be >= 0")
        .that(importanceCap >= 0, "objective.importance_cap", importanceCap, "must be >= 0")
        .that(overlong.cache >= 0, "objective.overlong.cache", overlong.cache, "must be >= 0")
        .done();
  }

  /**
   * The objective that these settings describe.
   *
   * @param longestCompletion the sampler's budgets for rationale and answer, in tokens
   * @param promptsPerStep prompts that a batch is made of
   * @throws dev.kindling.check.InvalidInputException if parts do not fit together, for example grpo
   *     with the likelihood estimate
   */
  Objective build(long longestCompletion, int promptsPerStep) {
    return new ObjectiveBuilder(this, longestCompletion, promptsPerStep).build();
  }
}
