package dev.kindling.engine.train;

/**
 * AdamW, Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101), on slices of
 * the flat vector of parameters. Every parameter decays, norms and biases too. An update of a slice
 * needs nothing outside of the slice.
 */
public final class AdamW {
  private final AdamWSettings settings;

  /** AdamW with these settings. */
  public AdamW(AdamWSettings settings) {
    this.settings = settings;
  }

  /**
   * Updates one slice in place. The arrays have one length.
   *
   * @param parameters fp32 master weights
   * @param gradient gradient of the loss; only read
   * @param firstMoment running mean of the gradient; zeros before the first update
   * @param secondMoment running mean of its square; zeros before the first update
   * @param clipFactor multiplies the gradient, in [0, 1]
   * @param learningRate rate of this update, at least 0
   * @param update number of this update, 1 for the first, for the correction of the moments
   */
  public void update(
      float[] parameters,
      float[] gradient,
      float[] firstMoment,
      float[] secondMoment,
      double clipFactor,
      double learningRate,
      long update) {
    int length = parameters.length;
    if (gradient.length != length
        || firstMoment.length != length
        || secondMoment.length != length
        || update < 1) {
      throw new IllegalArgumentException(
          "slices of "
              + length
              + ", "
              + gradient.length
              + ", "
              + firstMoment.length
              + " and "
              + secondMoment.length
              + " elements at update "
              + update);
    }
    float clip = (float) clipFactor;
    float keep1 = (float) settings.beta1();
    float take1 = (float) (1 - settings.beta1());
    float keep2 = (float) settings.beta2();
    float take2 = (float) (1 - settings.beta2());
    float keep = (float) (1 - learningRate * settings.weightDecay());
    float rate = (float) (learningRate / (1 - StrictMath.pow(settings.beta1(), (double) update)));
    float unbias2 = (float) (1 / Math.sqrt(1 - StrictMath.pow(settings.beta2(), (double) update)));
    float epsilon = (float) settings.epsilon();
    for (int i = 0; i < length; i++) {
      float g = gradient[i] * clip;
      float m = keep1 * firstMoment[i] + take1 * g;
      float v = keep2 * secondMoment[i] + take2 * g * g;
      firstMoment[i] = m;
      secondMoment[i] = v;
      parameters[i] = parameters[i] * keep - rate * m / ((float) Math.sqrt(v) * unbias2 + epsilon);
    }
  }

  /**
   * The factor that brings a gradient to a norm of at most {@code maxNorm}: min(1, maxNorm / (norm
   * + 1e-6)), as torch.nn.utils.clip_grad_norm_ has it.
   *
   * @param norm L2 norm of the whole gradient, at least 0
   * @param maxNorm largest norm, positive
   */
  public static double clipFactor(double norm, double maxNorm) {
    return Math.min(1, maxNorm / (norm + 1e-6));
  }
}
