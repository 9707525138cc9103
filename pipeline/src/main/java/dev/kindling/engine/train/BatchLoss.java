package dev.kindling.engine.train;

import dev.kindling.objective.LossTerms;
import dev.kindling.objective.SequenceLoss;
import dev.kindling.objective.SequenceScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Loss of one micro-batch, its slopes by every trained token's scores, and the statistics.
 *
 * @param slopes slope of each pick by its log-prob, and, where any of those is not 0, behind them
 *     those by its entropy and by KL(proxy ‖ policy), each times 2^{@code exponent} (1 or 3 times
 *     picks); those of sequences that are not finite are 0
 * @param exponent brings the largest slope to [1, 2), because a slope may be as small as a
 *     probability: without it the products of the backward pass would leave the range of fp32
 * @param statistics of this micro-batch
 */
record BatchLoss(float[] slopes, int exponent, GradientStatistics statistics) {
  // Beyond it neither 2^exponent nor its inverse is a normal fp32 number.
  private static final int MAX_EXPONENT = 126;

  /** Evaluates a loss on the scores of a micro-batch's picks. */
  static BatchLoss of(MicroBatch batch, PickScores scores, SequenceLoss loss) {
    int picks = batch.picks();
    double[] slopes = new double[3 * picks];
    boolean[] broken = new boolean[batch.sequences().size()];
    Sums sums = new Sums();
    double largest = 0;
    for (int first = 0, next; first < picks; first = next) {
      next = batch.endOfSequence(first);
      SequenceScores seen = scores(batch, first, next, scores);
      LossTerms terms = loss.of(seen);
      if (!isFinite(seen, terms)) {
        broken[batch.row(first)] = true;
        continue;
      }
      for (int pick = first; pick < next; pick++) {
        int t = pick - first;
        slopes[pick] = terms.logprobSlopes()[t];
        slopes[picks + pick] = terms.entropySlopes()[t];
        slopes[2 * picks + pick] = terms.proxySlopes()[t];
        sums.add(seen, terms, t, loss.needsReference());
        for (int kind = 0; kind < 3; kind++) {
          largest = Math.max(largest, Math.abs(slopes[kind * picks + pick]));
        }
      }
    }
    int exponent = exponent(largest);
    return new BatchLoss(scaled(slopes, exponent, picks), exponent, sums.statistics(batch, broken));
  }

  private static boolean isFinite(SequenceScores scores, LossTerms terms) {
    double[][] all = {
      terms.values(),
      terms.logprobSlopes(),
      terms.entropySlopes(),
      terms.proxySlopes(),
      scores.logprobs(),
      scores.entropies(),
      scores.samplerLogprobs()
    };
    return Arrays.stream(all).flatMapToDouble(Arrays::stream).allMatch(Double::isFinite);
  }

  /** What the loss sees of one sequence, whose picks are {@code first} to before {@code next}. */
  static SequenceScores scores(MicroBatch batch, int first, int next, PickScores scores) {
    Sequence sequence = batch.sequences().get(batch.row(first));
    double[] coefs = new double[next - first];
    double[] sampler = new double[next - first];
    for (int t = 0; t < coefs.length; t++) {
      coefs[t] = sequence.coefs()[batch.token(first + t)];
      sampler[t] = sequence.samplerLogprobs()[batch.token(first + t)];
    }
    return new SequenceScores(
        coefs,
        sequence.tokenScale(),
        doubles(scores.logprobs(), first, next),
        sampler,
        doubles(scores.reference(), first, next),
        doubles(scores.entropies(), first, next),
        doubles(scores.proxyLogprobs(), first, next),
        doubles(scores.proxyDivergences(), first, next),
        sequence.marks());
  }

  private static double[] doubles(float[] values, int from, int to) {
    double[] doubles = new double[to - from];
    Arrays.setAll(doubles, i -> values[from + i]);
    return doubles;
  }

  /** Whether the gradient is not zero. */
  boolean hasSlope() {
    return isNotZero(slopes, 0);
  }

  private static boolean isNotZero(float[] slopes, int from) {
    for (int i = from; i < slopes.length; i++) {
      if (slopes[i] != 0) {
        return true;
      }
    }
    return false;
  }

  private static int exponent(double largest) {
    return Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, -Math.getExponent(largest)));
  }

  private static float[] scaled(double[] slopes, int exponent, int picks) {
    float[] scaled = new float[slopes.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) Math.scalb(slopes[i], exponent);
    }
    // The program spares itself the entropies' and divergences' slopes where nobody asks.
    return isNotZero(scaled, picks) ? scaled : Arrays.copyOf(scaled, picks);
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

    void add(SequenceScores scores, LossTerms terms, int t, boolean hasReference) {
      double logprob = scores.logprobs()[t];
      double mismatch = logprob - scores.samplerLogprobs()[t];
      loss += terms.values()[t];
      tokens++;
      clipped += terms.clipped()[t] ? 1 : 0;
      k1 -= mismatch;
      k3 += k3(mismatch);
      maxMismatch = Math.max(maxMismatch, Math.abs(mismatch));
      entropy += scores.entropies()[t];
      referenceK3 += hasReference ? k3(scores.referenceLogprobs()[t] - logprob) : 0;
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
