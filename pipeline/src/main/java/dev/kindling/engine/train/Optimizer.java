package dev.kindling.engine.train;

import java.io.Serializable;

/**
 * What becomes of parameters and a gradient, on slices of the flat vector of parameters. An update
 * of a slice is a pure function of what it is given and needs nothing outside of the slice.
 */
public sealed interface Optimizer extends Serializable permits AdamW, Sgd {
  /**
   * Updates one slice in place. The arrays have one length.
   *
   * @param parameters fp32 master weights
   * @param gradient gradient of the loss; only read
   * @param firstMoment running mean of the gradient; zeros before the first update, and for good
   *     with an optimizer that has no moments
   * @param secondMoment running mean of its square; zeros likewise
   * @param clipFactor multiplies the gradient, in [0, 1]
   * @param learningRate rate of this update, at least 0
   * @param update number of this update, 1 for the first
   */
  void update(
      float[] parameters,
      float[] gradient,
      float[] firstMoment,
      float[] secondMoment,
      double clipFactor,
      double learningRate,
      long update);

  /**
   * The factor that brings a gradient to a norm of at most {@code maxNorm}: min(1, maxNorm / (norm
   * + 1e-6)), as torch.nn.utils.clip_grad_norm_ has it.
   *
   * @param norm L2 norm of the whole gradient, at least 0
   * @param maxNorm largest norm, positive
   */
  static double clipFactor(double norm, double maxNorm) {
    return Math.min(1, maxNorm / (norm + 1e-6));
  }
}
