package dev.kindling.engine.train;

import java.util.Arrays;
import java.util.Optional;

/**
 * What the programs say of the picks of a micro-batch, in nats (picks each).
 *
 * @param logprobs under the policy being trained
 * @param entropies of the policy being trained
 * @param reference log-probs under the reference policy; NaN without one
 * @param proxyLogprobs under the proxy; NaN without one
 * @param proxyDivergences KL(proxy ‖ policy); NaN without a proxy
 */
record PickScores(
    float[] logprobs,
    float[] entropies,
    float[] reference,
    float[] proxyLogprobs,
    float[] proxyDivergences) {
  /** The scores of a pass, and log-probs of the reference where there is one. */
  static PickScores of(Pass pass, Optional<float[]> reference) {
    float[] logprobs = pass.logprobs().floats();
    float[] none = new float[logprobs.length];
    Arrays.fill(none, Float.NaN);
    return new PickScores(
        logprobs,
        pass.entropies().floats(),
        reference.orElse(none),
        pass.proxyLogprobs().map(tensor -> tensor.floats()).orElse(none),
        pass.proxyDivergences().map(tensor -> tensor.floats()).orElse(none));
  }
}
