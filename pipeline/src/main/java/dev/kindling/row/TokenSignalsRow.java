package dev.kindling.row;

/**
 * What the scoring pass before a gradient pass says of one sequence's trained tokens, for the
 * regularisers that must see the whole update first. Arrays run over those tokens, log-probs and
 * entropies are in nats.
 *
 * @param update gradient update of the step, 0-based
 * @param exampleId id of the prompt
 * @param sample index within the group, 0-based
 * @param tokens indices of the trained tokens in the training sequence, ascending
 * @param sampledTokens how many of them, from the first on, the policy drew; those behind are of a
 *     gold answer
 * @param advantages coefficients before denominators
 * @param logprobs under the policy being trained
 * @param samplerLogprobs under the policy that sampled
 * @param referenceLogprobs under the reference policy; NaN without one
 * @param entropies of the policy being trained
 * @param clipped 1 where the token loss clips the ratio, else 0
 */
public record TokenSignalsRow(
    int update,
    String exampleId,
    int sample,
    int[] tokens,
    int sampledTokens,
    double[] advantages,
    double[] logprobs,
    double[] samplerLogprobs,
    double[] referenceLogprobs,
    double[] entropies,
    int[] clipped) {}
