package dev.kindling.engine.sample;

/**
 * One rollout: a rationale z, an answer ŷ, and the likelihood of the gold answer y* after z.
 *
 * <p>A log-prob is the natural logarithm of the probability at temperature 1 with no token cut off;
 * a sampling log-prob is that of the distribution drawn from.
 *
 * @param exampleId id of the prompt
 * @param sample index within the prompt's group, 0-based
 * @param rationaleIds tokens of z, closed by the end-of-thinking token; empty when no rationale is
 *     asked for
 * @param answerIds tokens of ŷ, closed by the end-of-sequence token when {@code finishReason} is
 *     stop
 * @param rationaleLogprobs log-prob of each token of z
 * @param answerLogprobs log-prob of each token of ŷ
 * @param rationaleSamplingLogprobs sampling log-prob of each token of z; 0 for a forced token
 * @param answerSamplingLogprobs sampling log-prob of each token of ŷ
 * @param goldLogprobs log-prob of each token of y*, teacher-forced after z
 * @param logW log p(y*|x,z), the sum of {@code goldLogprobs}
 * @param finishReason why the answer ended
 * @param forcedEndOfThinking whether the end-of-thinking token was forced: the budget was spent,
 *     the context nearly full, or the end of the sequence sampled before it
 * @param seed key of the random stream
 */
public record Sample(
    String exampleId,
    int sample,
    int[] rationaleIds,
    int[] answerIds,
    float[] rationaleLogprobs,
    float[] answerLogprobs,
    float[] rationaleSamplingLogprobs,
    float[] answerSamplingLogprobs,
    float[] goldLogprobs,
    double logW,
    FinishReason finishReason,
    boolean forcedEndOfThinking,
    long seed) {}
