package dev.kindling.engine.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a gradient was made of, as sums over trained tokens, so that those of shards can be added.
 * Log-probs are in nats.
 *
 * @param loss sum of the tokens' terms of the loss
 * @param tokens trained tokens
 * @param computedTokens tokens that went through the layers; a shared prompt counts once
 * @param clippedTokens trained tokens whose ratio was clipped
 * @param k1 sum of sampler − trainer log-prob
 * @param k3 sum of e^d − d − 1 with d = trainer − sampler log-prob
 * @param maxMismatch largest |trainer − sampler log-prob|
 * @param entropy sum of the policy's entropies, in nats
 * @param referenceK3 sum of e^d − d − 1 with d = reference − trainer log-prob; 0 without a
 *     reference
 * @param notFinite sequences with a log-prob, term of the loss or slope that is NaN or infinite;
 *     they are in no other number, and the gradient must not be used when there is one
 */
public record GradientStatistics(
    double loss,
    long tokens,
    long computedTokens,
    long clippedTokens,
    double k1,
    double k3,
    double maxMismatch,
    double entropy,
    double referenceK3,
    List<SequenceId> notFinite)
    implements Serializable {
  /** What no sequence at all gives. */
  public static final GradientStatistics NONE =
      new GradientStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

  /** Keeps its own copy of the list. */
  public GradientStatistics {
    notFinite = List.copyOf(notFinite);
  }

  /** The statistics of both together. */
  public GradientStatistics plus(GradientStatistics other) {
    List<SequenceId> all = new ArrayList<>(notFinite);
    all.addAll(other.notFinite);
    return new GradientStatistics(
        loss + other.loss,
        tokens + other.tokens,
        computedTokens + other.computedTokens,
        clippedTokens + other.clippedTokens,
        k1 + other.k1,
        k3 + other.k3,
        Math.max(maxMismatch, other.maxMismatch),
        entropy + other.entropy,
        referenceK3 + other.referenceK3,
        all);
  }
}
