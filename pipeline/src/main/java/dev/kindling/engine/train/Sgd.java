package dev.kindling.engine.train;

import dev.kindling.check.Check;

/**
 * Plain stochastic gradient descent, without momentum: the discrete form of the gradient flow that
 * theory speaks of. It has no moments and leaves those it is given as they are. The decay is
 * AdamW's, which for this optimizer is the same as an L2 penalty.
 *
 * @param weightDecay share of a parameter that one update takes away, times the learning rate; at
 *     least 0
 */
public record Sgd(double weightDecay) implements Optimizer {
  /** Refuses a negative decay. */
  public Sgd {
    new Check().that(weightDecay >= 0, "sgd.weight_decay", weightDecay, "must be >= 0").done();
  }

  @Override
  public void update(
      float[] parameters,
      float[] gradient,
      float[] firstMoment,
      float[] secondMoment,
      double clipFactor,
      double learningRate,
      long update) {
    int length = parameters.length;
    if (gradient.length != length) {
      throw new IllegalArgumentException(
          "slices of " + length + " and " + gradient.length + " elements at update " + update);
    }
    float rate = (float) (learningRate * clipFactor);
    float keep = (float) (1 - learningRate * weightDecay);
    for (int i = 0; i < length; i++) {
      parameters[i] = parameters[i] * keep - rate * gradient[i];
    }
  }
}
