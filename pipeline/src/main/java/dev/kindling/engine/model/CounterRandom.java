package dev.kindling.engine.model;

import java.nio.charset.StandardCharsets;

/**
 * A stream of random numbers that is a pure function of its key and an index: no state, so that any
 * task on any machine computes the same numbers. The key is mixed from a seed and a name; numbers
 * are SplitMix64's (Steele, Lea and Flood 2014) at {@code key + (index + 1) * golden ratio}.
 */
public final class CounterRandom {
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-53;

  private final long key;

  private CounterRandom(long key) {
    this.key = key;
  }

  /** The stream of this seed and name. */
  public static CounterRandom of(long seed, String name) {
    long key = mix(seed);
    for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
      key = mix(key + GOLDEN_RATIO + letter);
    }
    return new CounterRandom(key);
  }

  /** The stream of this stream's key and a number, independent of this stream. */
  public CounterRandom split(long number) {
    return new CounterRandom(mix(mix(key ^ GOLDEN_RATIO) + number));
  }

  /** What selects the stream, for records of where a number came from. */
  public long key() {
    return key;
  }

  /** 64 random bits. */
  public long bits(long index) {
    return mix(key + (index + 1) * GOLDEN_RATIO);
  }

  /** Uniform in the open interval (0, 1), a multiple of 2^-53 plus 2^-54. */
  public double uniform(long index) {
    return ((bits(index) >>> 11) + 0.5) * UNIT;
  }

  /**
   * A standard normal number (Box-Muller). Numbers of indices 2k and 2k+1 share their two uniform
   * numbers. {@link StrictMath} makes it the same on every processor.
   */
  public double normal(long index) {
    long pair = index & ~1L;
    double radius = StrictMath.sqrt(-2 * StrictMath.log(uniform(pair)));
    double angle = 2 * StrictMath.PI * uniform(pair + 1);
    return radius * ((index & 1) == 0 ? StrictMath.cos(angle) : StrictMath.sin(angle));
  }

  private static long mix(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
