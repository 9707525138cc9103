package dev.kindling.engine.train;

import dev.kindling.check.Check;

/**
 * AdamW, Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101). Every
 * parameter decays, norms and biases too.
 *
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root of the second moment, positive
 * @param weightDecay share of a parameter that one update takes away, times the learning rate; at
 *     least 0
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {
  /** Refuses values outside of the ranges. */
  public AdamW {
    new Check()
        .that(beta1 >= 0 && beta1 < 1, "adamw.beta1", beta1, "must be in [0, 1)")
        .that(beta2 >= 0 && beta2 < 1, "adamw.beta2", beta2, "must be in [0, 1)")
        .that(
            epsilon > 0 && (float) epsilon > 0,
            "adamw.epsilon",
            epsilon,
            "must be a positive 32-bit float")
        .that(weightDecay >= 0, "adamw.weight_decay", weightDecay, "must be >= 0")
        .done();
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
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float keep = (float) (1 - learningRate * weightDecay);
    float rate = (float) (learningRate / (1 - StrictMath.pow(beta1, (double) update)));
    float unbias2 = (float) (1 / Math.sqrt(1 - StrictMath.pow(beta2, (double) update)));
    float floor = (float) epsilon;
    for (int i = 0; i < length; i++) {
      float g = gradient[i] * clip;
      float m = keep1 * firstMoment[i] + take1 * g;
      float v = keep2 * secondMoment[i] + take2 * g * g;
      firstMoment[i] = m;
      secondMoment[i] = v;
      parameters[i] = parameters[i] * keep - rate * m / ((float) Math.sqrt(v) * unbias2 + floor);
    }
  }
}
