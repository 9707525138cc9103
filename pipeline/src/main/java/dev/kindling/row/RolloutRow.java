package dev.kindling.row;

/**
 * One sampled rationale z and answer ŷ, and the likelihood of the gold answer y* after z.
 *
 * <p>"Log-prob" is the natural logarithm of the probability under the policy at temperature 1 with
 * no token cut off; "sampling log-prob" is that of the distribution actually drawn from (after
 * temperature, top-k, top-p and min-p).
 *
 * @param exampleId id of the prompt
 * @param sample index within the group, 0-based
 * @param prompt the text given to the policy
 * @param rationale z as text, special tokens dropped
 * @param answer ŷ as text, special tokens dropped
 * @param rationaleIds tokens of z, including the end-of-thinking token when there is one
 * @param answerIds tokens of ŷ, including the end-of-sequence token unless the budget ran out
 * @param rationaleLogprobs log-prob of each token of z
 * @param answerLogprobs log-prob of each token of ŷ
 * @param rationaleSamplingLogprobs sampling log-prob of each token of z; 0 for a forced token
 * @param answerSamplingLogprobs sampling log-prob of each token of ŷ
 * @param goldLogprobs log-prob of each token of y* teacher-forced after z
 * @param logW log p(y*|x,z), the sum of {@code goldLogprobs}
 * @param finishReason {@code stop} (end of sequence), {@code budget} (answer budget spent) or
 *     {@code length} (context full)
 * @param forcedEndOfThinking whether the thinking budget ran out and the end-of-thinking token was
 *     forced
 * @param seed key of the random stream of this sample
 * @param policyVersion step of the checkpoint that sampled
 * @param seconds wall time of the task divided by its rollouts; not part of any equality
 */
public record RolloutRow(
    String exampleId,
    int sample,
    String prompt,
    String rationale,
    String answer,
    int[] rationaleIds,
    int[] answerIds,
    float[] rationaleLogprobs,
    float[] answerLogprobs,
    float[] rationaleSamplingLogprobs,
    float[] answerSamplingLogprobs,
    float[] goldLogprobs,
    double logW,
    String finishReason,
    boolean forcedEndOfThinking,
    long seed,
    long policyVersion,
    double seconds) {}
