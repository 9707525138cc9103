package dev.kindling.row;

/**
 * Everything a person would plot, one row per step. Names follow TRL's where it has one.
 *
 * @param step step number, 1-based
 * @param epoch passes over the data set so far, fractional
 * @param prompts prompts of the step
 * @param rounds rounds of sampling; 1 without dynamic sampling
 * @param promptsDropped prompts that dynamic sampling left out of the batch, because their rewards
 *     are all equal or the batch was full; 0 without it
 * @param rollouts rollouts of the step
 * @param reward mean reward over rollouts that are evidence
 * @param rewardStd mean over examples of the deviation of the reward within the group
 * @param fracRewardZeroStd share of examples whose rewards are all equal
 * @param logPHat mean over examples of the log of the mean of p(y*|x,z) over the samples, in nats,
 *     whatever estimate the objective uses; null where no rollout is evidence
 * @param q exponent of the J_Q family, mean over examples; null for objectives outside it
 * @param qP10 its 10 % quantile over examples; null likewise
 * @param qP50 its median; null likewise
 * @param qP90 its 90 % quantile; null likewise
 * @param effectiveSampleSize mean over examples
 * @param carriedSampleSize effective sample size of the estimates carried across steps, mean over
 *     the examples of the step; null unless the objective carries them
 * @param maxCoef largest rationale coefficient of the step
 * @param unparseable share of rollouts without an answer that could be read
 * @param verifierFaults share of rollouts whose verifier timed out or failed
 * @param completionLength mean tokens of rationale and answer
 * @param forcedEndOfThinking share of rollouts whose thinking budget ran out
 * @param clippedRatio share of rollouts that ended by budget or length
 * @param loss see {@link StepRow}
 * @param gradNorm see {@link StepRow}
 * @param learningRate see {@link StepRow}
 * @param clipFraction see {@link StepRow}
 * @param entropy see {@link StepRow}
 * @param kl see {@link StepRow}
 * @param mismatchK1 see {@link StepRow}
 * @param mismatchK3 see {@link StepRow}
 * @param mismatchMax see {@link StepRow}
 * @param rows see {@link StepRow}
 * @param rowsSaved weighted samples that were not trained on, because every coefficient was 0 or
 *     their prompt was dropped
 * @param tokens see {@link StepRow}
 * @param evalPassAt1 pass@1 on the first evaluation set; null where no evaluation was made
 * @param evalLogPHat mean log P̂ on the first evaluation set; null likewise
 * @param secondsRollout wall time of the stage, null where it ran in a process of its own; the
 *     seconds are not part of any equality
 * @param secondsScore likewise
 * @param secondsRefill wall time of all rounds of sampling after the first; null likewise, and
 *     without dynamic sampling
 * @param secondsWeigh like secondsRollout
 * @param secondsBatch likewise
 * @param secondsStep wall time of the gradient step
 */
public record MetricsRow(
    long step,
    double epoch,
    long prompts,
    long rounds,
    long promptsDropped,
    long rollouts,
    double reward,
    double rewardStd,
    double fracRewardZeroStd,
    Double logPHat,
    Double q,
    Double qP10,
    Double qP50,
    Double qP90,
    double effectiveSampleSize,
    Double carriedSampleSize,
    double maxCoef,
    double unparseable,
    double verifierFaults,
    double completionLength,
    double forcedEndOfThinking,
    double clippedRatio,
    double loss,
    double gradNorm,
    double learningRate,
    double clipFraction,
    double entropy,
    double kl,
    double mismatchK1,
    double mismatchK3,
    double mismatchMax,
    long rows,
    long rowsSaved,
    long tokens,
    Double evalPassAt1,
    Double evalLogPHat,
    Double secondsRollout,
    Double secondsScore,
    Double secondsRefill,
    Double secondsWeigh,
    Double secondsBatch,
    double secondsStep) {}
