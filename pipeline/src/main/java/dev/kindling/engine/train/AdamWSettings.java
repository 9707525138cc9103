package dev.kindling.engine.train;

import dev.kindling.check.Check;
import java.io.Serializable;

/**
 * Settings of {@link AdamW}.
 *
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root of the second moment, positive
 * @param weightDecay share of a parameter that one update takes away, times the learning rate; at
 *     least 0
 */
public record AdamWSettings(double beta1, double beta2, double epsilon, double weightDecay)
    implements Serializable {
  /** Refuses values outside of the ranges. */
  public AdamWSettings {
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
}
