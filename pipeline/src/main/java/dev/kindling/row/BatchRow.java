package dev.kindling.row;

import java.io.Serializable;

/**
 * One training sequence (x, z, y). Arrays run over {@code tokenIds}; entries of the prompt are 0.
 *
 * @param exampleId id of the prompt
 * @param sample index within the group, 0-based
 * @param update gradient update of the step that this row belongs to, 0-based
 * @param shard gradient shard that computes this row, 0-based
 * @param microBatch micro-batch within the shard, 0-based; its rows of one example are computed
 *     with one prompt
 * @param row place within the micro-batch, 0-based
 * @param tokenIds prompt, rationale and answer
 * @param promptLength number of leading tokens that are the prompt
 * @param coefs coefficient k_t of each token: the policy-gradient loss is −Σ k_t log p(token_t);
 *     denominators of the global batch are contained
 * @param tokenScale the share of one token of this row in the aggregated loss, before any advantage
 *     (for terms without advantage, such as the KL term)
 * @param samplerLogprobs the sampler's log-prob of each token
 * @param forcedToken index of the end-of-thinking token that closed the rationale by force; −1
 *     without
 * @param sampledEnd index behind the last token that the policy sampled; a gold answer follows
 */
public record BatchRow(
    String exampleId,
    int sample,
    int update,
    int shard,
    int microBatch,
    int row,
    int[] tokenIds,
    int promptLength,
    double[] coefs,
    double tokenScale,
    float[] samplerLogprobs,
    int forcedToken,
    int sampledEnd)
    implements Serializable {}
