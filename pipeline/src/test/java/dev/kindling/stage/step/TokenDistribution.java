package dev.kindling.stage.step;

import dev.kindling.objective.Proxy;
import java.util.Arrays;

/**
 * A distribution over the vocabulary, written out in double precision.
 *
 * @param logprobs log-prob of each token, in nats; negative infinity where it is cut off
 */
record TokenDistribution(double[] logprobs) {
  static TokenDistribution ofLogits(double[] logits) {
    double largest = Arrays.stream(logits).max().orElseThrow();
    double sum = Arrays.stream(logits).map(x -> Math.exp(x - largest)).sum();
    double shift = largest + Math.log(sum);
    return new TokenDistribution(Arrays.stream(logits).map(x -> x - shift).toArray());
  }

  double logprob(int token) {
    return logprobs[token];
  }

  double probability(int token) {
    return Math.exp(logprobs[token]);
  }

  double entropy() {
    return -Arrays.stream(logprobs)
        .filter(l -> l > Double.NEGATIVE_INFINITY)
        .map(l -> Math.exp(l) * l)
        .sum();
  }

  /** Without the tokens that are noise, renormalised. */
  TokenDistribution without(Proxy noise) {
    double largest = Math.exp(Arrays.stream(logprobs).max().orElseThrow());
    double threshold = noise.kappa() > 0 ? noise.kappa() * largest : noise.tau();
    return ofLogits(
        Arrays.stream(logprobs)
            .map(l -> Math.exp(l) <= threshold ? Double.NEGATIVE_INFINITY : l)
            .toArray());
  }

  double divergenceTo(TokenDistribution other) {
    double sum = 0;
    for (int v = 0; v < logprobs.length; v++) {
      if (logprobs[v] > Double.NEGATIVE_INFINITY) {
        sum += Math.exp(logprobs[v]) * (logprobs[v] - other.logprobs[v]);
      }
    }
    return sum;
  }
}
