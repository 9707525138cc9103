package dev.kindling.engine.sample;

import dev.kindling.check.InvalidInputException;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Draws one token from a row of logits.
 *
 * <p>The filters follow each other as in Hugging Face's {@code generate}: temperature, top-k, top-p
 * (over what top-k kept, renormalised), min-p. Tokens are ranked by logit, ties by the lower id, so
 * that top-k keeps exactly k. The draw walks the kept tokens in the order of their ids; hence a
 * filter that drops nothing changes nothing.
 *
 * <p>Keeps scratch memory: one instance per thread.
 */
public final class TokenSampler {
  private static final int SMALLEST_RANKING = 64;
  private static final int BLOCK = 256;
  private static final long LOW_32_BITS = 0xFFFFFFFFL;

  private final boolean greedy;
  private final double inverseTemperature;
  private final int topK;
  private final double topP;
  private final double minP;
  private final float[] logits;
  private final double[] weights;
  // Sort keys of the tokens in question; without filters there are none.
  private final long[] ranks;
  private double max;
  private double logTotal;

  /**
   * One token that follows a row of logits.
   *
   * @param token its id
   * @param logprob its log-prob at temperature 1 with no token cut off
   * @param samplingLogprob its log-prob under the distribution drawn from, after temperature and
   *     filters; 0 when it was not drawn but forced
   */
  public record Draw(int token, float logprob, float samplingLogprob) {}

  /**
   * A sampler over rows of {@code vocab} logits; of the settings it uses temperature and filters.
   */
  public TokenSampler(SamplerSettings settings, int vocab) {
    this.greedy = settings.temperature() == 0;
    this.inverseTemperature = greedy ? 1 : 1 / settings.temperature();
    this.topK = settings.topK() == 0 ? vocab : Math.min(vocab, settings.topK());
    this.topP = settings.topP();
    this.minP = settings.minP();
    this.logits = new float[vocab];
    this.weights = new double[vocab];
    boolean filters = topK < vocab || topP < 1 || minP > 0;
    this.ranks = new long[filters ? (int) Math.min(vocab, 2L * topK + SMALLEST_RANKING) : 0];
  }

  /**
   * Draws a token.
   *
   * @param source logits; its position does not move
   * @param offset index of the row's first logit
   * @param uniform in [0, 1)
   * @throws InvalidInputException when a logit is NaN or positive infinity, or none is finite
   */
  public Draw draw(FloatBuffer source, int offset, double uniform) {
    read(source, offset);
    if (greedy) {
      int token = likeliest();
      return new Draw(token, logprob(token), 0f);
    }
    double total = inverseTemperature == 1 ? Math.exp(logTotal) : temper(inverseTemperature);
    if (ranks.length > 0) {
      total = filter(total);
    }
    int token = walk(uniform * total);
    double samplingLogprob = (logits[token] - max) * inverseTemperature - Math.log(total);
    return new Draw(token, logprob(token), (float) samplingLogprob);
  }

  /** The given token after a row of logits, as {@link #draw} but without a choice. */
  public Draw force(FloatBuffer source, int offset, int token) {
    read(source, offset);
    return new Draw(token, logprob(token), 0f);
  }

  private void read(FloatBuffer source, int offset) {
    source.get(offset, logits);
    float highest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      highest = Math.max(highest, logit); // of a number and NaN, NaN
    }
    if (!Float.isFinite(highest)) {
      throw new InvalidInputException(
          "The largest logit is " + highest + " (must be finite): the policy has diverged");
    }
    max = highest;
    logTotal = Math.log(temper(1));
  }

  private float logprob(int token) {
    return (float) (logits[token] - max - logTotal);
  }

  private int likeliest() {
    int token = 0;
    while (logits[token] != max) {
      token++;
    }
    return token;
  }

  /** Sets the weights to exp((logit - max) * scale), the largest to 1; returns their sum. */
  private double temper(double scale) {
    for (int token = 0; token < logits.length; token++) {
      weights[token] = (logits[token] - max) * scale;
    }
    exponentiate(weights);
    double total = 0;
    for (int from = 0; from < weights.length; from += BLOCK) {
      total += sum(from);
    }
    return total;
  }

  /**
   * Replaces numbers that are not positive by their exponentials, those below -800 by 0. The
   * relative error is below 1e-10 for numbers above -40. Nothing but products and sums, so that the
   * compiler does several at once; {@link Math#exp} takes several times as long.
   */
  static void exponentiate(double[] numbers) {
    for (int i = 0; i < numbers.length; i++) {
      double x = Math.max(numbers[i], -800.0) * 0x1p-10;
      double y = x * (1.0 / 24 + x * (1.0 / 120 + x * (1.0 / 720)));
      y = 1 + x * (1 + x * (0.5 + x * (1.0 / 6 + y)));
      y *= y;
      y *= y;
      y *= y;
      y *= y;
      y *= y;
      y *= y;
      y *= y;
      y *= y;
      y *= y;
      y *= y; // to the power of 2^10
      numbers[i] = y;
    }
  }

  /** The sum of the weights of a block of tokens. */
  private double sum(int from) {
    int until = Math.min(from + BLOCK, weights.length);
    // Sums that do not wait for each other.
    double even = 0;
    double odd = 0;
    int token = from;
    for (; token + 1 < until; token += 2) {
      even += weights[token];
      odd += weights[token + 1];
    }
    return even + odd + (token < until ? weights[token] : 0);
  }

  /** The first token at which the running sum of weights exceeds the target. */
  private int walk(double target) {
    double sum = 0;
    for (int from = 0; from < weights.length; from += BLOCK) {
      double after = sum + sum(from);
      if (after > target) {
        int until = Math.min(from + BLOCK, weights.length);
        for (int token = from; token < until; token++) {
          sum += weights[token];
          if (sum > target) {
            return token;
          }
        }
      }
      sum = after;
    }
    int token = weights.length - 1;
    while (weights[token] == 0) {
      token--;
    }
    return token; // the last possible one where rounding left the target at the sum
  }

  /** Sets the weights of dropped tokens to 0; returns the sum of the others. */
  private double filter(double total) {
    int count = rank(total);
    int kept = Math.min(topK, count);
    double mass = 0;
    for (int place = 0; place < kept; place++) {
      mass += weights[token(ranks[count - 1 - place])];
    }
    double goal = topP * (topK < weights.length ? mass : total);
    double sum = 0;
    int place = 0;
    while (place < kept && (place == 0 || sum < goal)) {
      double weight = weights[token(ranks[count - 1 - place])];
      if (weight < minP) {
        break;
      }
      sum += weight;
      place++;
    }
    long lowest = ranks[count - place];
    for (int token = 0; token < weights.length; token++) {
      if (key(token) < lowest) {
        weights[token] = 0;
      }
    }
    return sum;
  }

  /**
   * Sorts the tokens in question into {@code ranks}, least likely first; returns how many there
   * are, at least one. With top-k, only the best of what came so far stay. Without, tokens that
   * min-p drops are left out, and those so light that all of them together weigh less than what
   * top-p drops.
   */
  private int rank(double total) {
    boolean selects = topK < weights.length;
    double floor = selects ? 0 : Math.max(minP, (1 - topP) * total / weights.length);
    long lowest = Long.MIN_VALUE;
    int count = 0;
    for (int token = 0; token < weights.length; token++) {
      long key = key(token);
      if (weights[token] < floor || key < lowest) {
        continue;
      }
      if (count == ranks.length) {
        Arrays.sort(ranks, 0, count);
        System.arraycopy(ranks, count - topK, ranks, 0, topK);
        count = topK;
        lowest = ranks[0];
        if (key < lowest) {
          continue;
        }
      }
      ranks[count++] = key;
    }
    Arrays.sort(ranks, 0, count);
    return count;
  }

  /** A number that is larger for a larger logit and, of equal logits, for the lower id. */
  private long key(int token) {
    int bits = Float.floatToRawIntBits(logits[token] + 0f); // makes -0 equal 0
    int ordered = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    return ((long) ordered << 32) | (LOW_32_BITS - token);
  }

  private static int token(long key) {
    return (int) (LOW_32_BITS - (key & LOW_32_BITS));
  }
}
