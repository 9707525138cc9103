package dev.kindling.row;

/**
 * What one gradient update of a step did. Names follow TRL's where it has one.
 *
 * @param step step number, 1-based
 * @param update update within the step, 0-based
 * @param loss value of the aggregated loss before the update
 * @param gradNorm global L2 norm of the gradient before clipping
 * @param clippedGradNorm the same after clipping
 * @param learningRate learning rate of this step
 * @param clipFraction share of trained tokens whose ratio was clipped
 * @param entropy mean entropy of the policy over trained tokens, in nats
 * @param kl mean k3 to the reference policy over trained tokens; 0 without a KL term
 * @param mismatchK1 mean over trained tokens of sampler log-prob − trainer log-prob
 * @param mismatchK3 mean over trained tokens of e^d − d − 1 with d = trainer − sampler log-prob
 * @param mismatchMax largest |trainer − sampler log-prob| of a trained token
 * @param rows training sequences
 * @param tokens trained tokens (prompt tokens not counted)
 * @param computedTokens tokens computed; a prompt counts once in each micro-batch
 * @param seconds wall time of the gradient step; not part of any equality
 */
public record StepRow(
    long step,
    int update,
    double loss,
    double gradNorm,
    double clippedGradNorm,
    double learningRate,
    double clipFraction,
    double entropy,
    double kl,
    double mismatchK1,
    double mismatchK3,
    double mismatchMax,
    long rows,
    long tokens,
    long computedTokens,
    double seconds) {}
