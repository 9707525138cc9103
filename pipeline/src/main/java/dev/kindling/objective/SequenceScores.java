package dev.kindling.objective;

import dev.kindling.check.Check;

/**
 * The trained tokens of one sequence as a loss sees them. Arrays run over those tokens; log-probs,
 * entropies and divergences are in nats, at temperature 1.
 *
 * @param coefs coefficient of each token's log-prob, denominators of the global batch contained
 * @param tokenScale share of one token in the aggregated loss, before any advantage
 * @param logprobs log-prob under the policy being trained
 * @param samplerLogprobs log-prob under the policy that sampled
 * @param referenceLogprobs log-prob under the reference policy; NaN unless the loss needs it
 * @param entropies entropy of the policy being trained, where the token stands
 * @param proxyLogprobs log-prob under the proxy of {@link Proxy}, negative infinity where it cuts
 *     the token off; NaN unless the loss needs it
 * @param proxyDivergences KL(proxy ‖ policy) where the token stands; NaN unless the loss needs it
 * @param marks what the batch-wide regularisers say of each token, in their order
 */
public record SequenceScores(
    double[] coefs,
    double tokenScale,
    double[] logprobs,
    double[] samplerLogprobs,
    double[] referenceLogprobs,
    double[] entropies,
    double[] proxyLogprobs,
    double[] proxyDivergences,
    double[][] marks) {
  /** Refuses arrays of different lengths. */
  public SequenceScores {
    Check check = new Check();
    double[][] all = {
      logprobs, samplerLogprobs, referenceLogprobs, entropies, proxyLogprobs, proxyDivergences
    };
    for (double[] array : all) {
      check.that(
          array.length == coefs.length, "scores", array.length, "must be one for each token");
    }
    for (double[] array : marks) {
      check.that(array.length == coefs.length, "marks", array.length, "must be one for each token");
    }
    check.done();
  }

  /** Number of trained tokens. */
  public int tokens() {
    return coefs.length;
  }
}
