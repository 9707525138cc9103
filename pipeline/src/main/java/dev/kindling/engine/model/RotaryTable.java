package dev.kindling.engine.model;

/**
 * Cosines and sines of the rotary position embedding (arXiv:2104.09864) in the layout of Hugging
 * Face models: both halves of a head share their angles. The sign of the rotation is folded into
 * the first half of the sines, so that rotating is {@code x * cos + swapHalves(x) * sin}.
 *
 * @param cos cosines (positions, headDim)
 * @param sin signed sines (positions, headDim)
 */
public record RotaryTable(Tensor cos, Tensor sin) implements AutoCloseable {
  /**
   * The table of positions 0 to {@code positions - 1} in 32-bit floats on a device. {@link
   * StrictMath} makes it the same on every processor.
   */
  public static RotaryTable of(ModelConfig config, int positions, Device device) {
    int width = config.headDim();
    int half = width / 2;
    float[] cos = new float[positions * width];
    float[] sin = new float[positions * width];
    double[] frequencies = frequencies(config);
    for (int i = 0; i < half; i++) {
      double frequency = frequencies[i];
      for (int position = 0; position < positions; position++) {
        int first = position * width + i;
        int second = first + half;
        cos[first] = cos[second] = (float) StrictMath.cos(position * frequency);
        sin[second] = (float) StrictMath.sin(position * frequency);
        sin[first] = -sin[second];
      }
    }
    try (Tensor cosines = Tensor.of(cos, positions, width);
        Tensor sines = Tensor.of(sin, positions, width)) {
      return new RotaryTable(cosines.on(device), sines.on(device));
    }
  }

  /** Angles per position of the pairs of a head's elements, in radians (headDim / 2). */
  public static double[] frequencies(ModelConfig config) {
    double[] frequencies = new double[config.headDim() / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double plain = StrictMath.pow(config.ropeTheta(), -2.0 * i / config.headDim());
      frequencies[i] = config.ropeScaling().apply(plain);
    }
    return frequencies;
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    cos.close();
    sin.close();
  }
}
