package dev.kindling.engine.train;

import dev.kindling.objective.TokenLoss;
import java.util.ArrayList;
import java.util.List;

/**
 * Loss of one micro-batch, its slope by every trained token's log-prob, and the statistics.
 *
 * @param slopes slope of each pick times 2^{@code exponent}; those of sequences that are not finite
 *     are 0
 * @param exponent brings the largest slope to [1, 2), because a slope may be as small as a
 *     probability: without it the products of the backward pass would leave the range of fp32
 * @param statistics of this micro-batch
 */
record BatchLoss(float[] slopes, int exponent, GradientStatistics statistics) {
  // Beyond it neither 2^exponent nor its inverse is a normal fp32 number.
  private static final int MAX_EXPONENT = 126;

  /**
   * Evaluates a loss.
   *
   * @param batch the sequences
   * @param logprobs log-prob of each pick under the policy being trained
   * @param entropies entropy of the policy at each pick
   * @param reference log-prob of each pick under the reference policy; NaN without one
   */
  static BatchLoss of(
      MicroBatch batch, float[] logprobs, float[] entropies, float[] reference, TokenLoss loss) {
    double[] values = new double[batch.picks()];
    double[] slopes = new double[batch.picks()];
    boolean[] broken = new boolean[batch.sequences().size()];
    for (int pick = 0; pick < slopes.length; pick++) {
      Sequence sequence = batch.sequences().get(batch.row(pick));
      int t = batch.token(pick);
      double sampler = sequence.samplerLogprobs()[t];
      double coef = sequence.coefs()[t];
      double scale = sequence.tokenScale();
      values[pick] = loss.value(logprobs[pick], sampler, reference[pick], coef, scale);
      slopes[pick] = loss.slope(logprobs[pick], sampler, reference[pick], coef, scale);
      broken[batch.row(pick)] |=
          !(Double.isFinite(values[pick])
              && Double.isFinite(slopes[pick])
              && Float.isFinite(logprobs[pick])
              && Float.isFinite(entropies[pick])
              && Double.isFinite(sampler));
    }
    Sums sums = new Sums();
    double largest = 0;
    for (int pick = 0; pick < slopes.length; pick++) {
      if (broken[batch.row(pick)]) {
        slopes[pick] = 0;
        continue;
      }
      Sequence sequence = batch.sequences().get(batch.row(pick));
      int t = batch.token(pick);
      double sampler = sequence.samplerLogprobs()[t];
      sums.add(values[pick], logprobs[pick], sampler, entropies[pick]);
      sums.clipped += loss.isClipped(logprobs[pick], sampler, sequence.coefs()[t]) ? 1 : 0;
      sums.referenceK3 += loss.needsReference() ? k3(reference[pick] - logprobs[pick]) : 0;
      largest = Math.max(largest, Math.abs(slopes[pick]));
    }
    int exponent = exponent(largest);
    return new BatchLoss(scaled(slopes, exponent), exponent, sums.statistics(batch, broken));
  }

  /** Whether the gradient is not zero. */
  boolean hasSlope() {
    for (float slope : slopes) {
      if (slope != 0) {
        return true;
      }
    }
    return false;
  }

  private static int exponent(double largest) {
    return Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, -Math.getExponent(largest)));
  }

  private static float[] scaled(double[] slopes, int exponent) {
    float[] scaled = new float[slopes.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) Math.scalb(slopes[i], exponent);
    }
    return scaled;
  }

  /** e^d − d − 1, without cancellation for small d. */
  private static double k3(double d) {
    return Math.expm1(d) - d;
  }

  /** Sums over the trained tokens of sequences that are finite. */
  private static final class Sums {
    private double loss;
    private long tokens;
    private long clipped;
    private double k1;
    private double k3;
    private double maxMismatch;
    private double entropy;
    private double referenceK3;

    void add(double value, double logprob, double sampler, double entropyOfToken) {
      double mismatch = logprob - sampler;
      loss += value;
      tokens++;
      k1 -= mismatch;
      k3 += k3(mismatch);
      maxMismatch = Math.max(maxMismatch, Math.abs(mismatch));
      entropy += entropyOfToken;
    }

    GradientStatistics statistics(MicroBatch batch, boolean[] broken) {
      List<SequenceId> notFinite = new ArrayList<>();
      for (int row = 0; row < broken.length; row++) {
        if (broken[row]) {
          Sequence sequence = batch.sequences().get(row);
          notFinite.add(new SequenceId(sequence.exampleId(), sequence.sample()));
        }
      }
      return new GradientStatistics(
          loss,
          tokens,
          batch.tokens(),
          clipped,
          k1,
          k3,
          maxMismatch,
          entropy,
          referenceK3,
          notFinite);
    }
  }
}
