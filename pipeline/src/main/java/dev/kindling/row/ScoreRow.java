package dev.kindling.row;

/**
 * The verdict on one rollout, with all that the weights are computed from.
 *
 * @param exampleId id of the prompt
 * @param sample index within the group, 0-based
 * @param prompt the text given to the policy
 * @param rationale the sampled rationale as text, special tokens dropped
 * @param answer the sampled answer as text, special tokens dropped
 * @param extracted the part of it that the verifier compared; null when there was none
 * @param verdict {@code CORRECT}, {@code WRONG}, {@code UNPARSEABLE}, {@code TIMEOUT} or {@code
 *     ERROR}; the last two are faults of the verifier and no evidence about the policy
 * @param reward 1 for {@code CORRECT}, 0 for {@code WRONG} and {@code UNPARSEABLE}, or the number
 *     that a verifier of the user gives; null for faults
 * @param logW log p(y*|x,z) of the rollout, in nats
 * @param tokens length of the sampled rationale and answer, a forced end of thinking not counted
 * @param reason the verifier's sentence on a verdict other than {@code CORRECT}; null otherwise
 * @param verifierMillis wall time of the verifier; not part of any equality
 */
public record ScoreRow(
    String exampleId,
    int sample,
    String prompt,
    String rationale,
    String answer,
    String extracted,
    String verdict,
    Double reward,
    double logW,
    int tokens,
    String reason,
    double verifierMillis) {}
