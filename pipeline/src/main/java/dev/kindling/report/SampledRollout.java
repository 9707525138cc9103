package dev.kindling.report;

/**
 * One rollout as text, for a reader to judge.
 *
 * @param step step that it was sampled for
 * @param exampleId id of the prompt
 * @param sample index within the group, 0-based
 * @param prompt the whole prompt; the page shows its end
 * @param rationale the sampled rationale z
 * @param answer the sampled answer ŷ
 * @param gold the accepted answers, separated by {@code |}; its tokens are those of y*
 * @param verdict see {@link dev.kindling.row.ScoreRow}
 * @param reason the verifier's sentence; empty where it gave none
 * @param logW log p(y*|x,z), in nats
 */
public record SampledRollout(
    long step,
    String exampleId,
    int sample,
    String prompt,
    Passage rationale,
    Passage answer,
    Passage gold,
    String verdict,
    String reason,
    double logW) {}
