package dev.kindling.report;

/**
 * One rollout as text, for a reader to judge.
 *
 * @param exampleId id of the prompt
 * @param sample index within the group, 0-based
 * @param prompt the whole prompt; the page shows its end
 * @param rationale the sampled rationale z
 * @param answer the sampled answer ŷ
 * @param gold the accepted answers, separated by {@code |}
 * @param verdict see {@link dev.kindling.row.ScoreRow}
 * @param reason the verifier's sentence; empty where it gave none
 * @param logW log p(y*|x,z), in nats
 */
public record SampledRollout(
    String exampleId,
    int sample,
    String prompt,
    String rationale,
    String answer,
    String gold,
    String verdict,
    String reason,
    double logW) {}
