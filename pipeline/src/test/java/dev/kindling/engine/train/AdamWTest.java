package dev.kindling.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** AdamW on numbers worked out by hand. */
class AdamWTest {
  private static final AdamW ADAMW = new AdamW(0.9, 0.99, 1e-8, 0.1);

  @Test
  void twoUpdatesAreThoseWorkedOutByHand() {
    float[] parameters = {2, -1};
    float[] first = new float[2];
    float[] second = new float[2];
    // Clipped gradient (2, -0.5). Moments corrected: m = g, v = g^2, so that the step is
    // lr * sign(g): 2 * 0.99 - 0.1 = 1.88 and -1 * 0.99 + 0.1 = -0.89.
    ADAMW.update(parameters, new float[] {4, -1}, first, second, 0.5, 0.1, 1);
    assertThat(parameters).containsExactly(new float[] {1.88f, -0.89f}, within(1e-6f));
    assertThat(first).containsExactly(new float[] {0.2f, -0.05f}, within(1e-7f));
    assertThat(second).containsExactly(new float[] {0.04f, 0.0025f}, within(1e-7f));
    // Gradient (-2, 0): m = (0.18 - 0.2, -0.045) / 0.19, v = (0.0396 + 0.04, 0.002475) / 0.0199.
    // First: -0.02 / 0.19 = -0.105263, sqrt(4) = 2: 1.88 * 0.99 + 0.1 * 0.0526316 = 1.8664632.
    // Second: -0.236842 / sqrt(0.124372) = -0.671578: -0.89 * 0.99 + 0.0671578 = -0.8139422.
    ADAMW.update(parameters, new float[] {-2, 0}, first, second, 1, 0.1, 2);
    assertThat(parameters).containsExactly(new float[] {1.8664632f, -0.8139422f}, within(1e-6f));
  }

  @Test
  void aSliceIsUpdatedAsItIsWithinTheWhole() {
    float[] parameters = {1, 2, 3, 4, 5, 6, 7};
    float[] gradient = {0.1f, -3, 0, 1e-12f, 7, -0.5f, 2};
    float[] whole = parameters.clone();
    ADAMW.update(whole, gradient, new float[7], new float[7], 1, 1e-3, 1);
    float[] slice = {4, 5};
    ADAMW.update(slice, new float[] {1e-12f, 7}, new float[2], new float[2], 1, 1e-3, 1);
    assertThat(slice).containsExactly(whole[3], whole[4]);
  }

  @Test
  void clipFactorBringsTheNormDownAndNeverUp() {
    assertThat(Optimizer.clipFactor(4, 1)).isCloseTo(0.25, within(1e-6));
    assertThat(Optimizer.clipFactor(0.5, 1)).isEqualTo(1);
    assertThat(Optimizer.clipFactor(0, 1)).isEqualTo(1);
  }

  @Test
  void settingsOutOfRangeAreAllNamed() {
    assertThatThrownBy(() -> new AdamW(1, -0.1, 0, -1))
        .hasMessage(
            """
            Invalid adamw.beta1: 1.0 (must be in [0, 1))
            Invalid adamw.beta2: -0.1 (must be in [0, 1))
            Invalid adamw.epsilon: 0.0 (must be a positive 32-bit float)
            Invalid adamw.weight_decay: -1.0 (must be >= 0)""");
  }

  @Test
  void slicesOfDifferentLengthsAreRefused() {
    assertThatThrownBy(
            () -> ADAMW.update(new float[2], new float[3], new float[2], new float[2], 1, 1, 1))
        .hasMessage("slices of 2, 3, 2 and 2 elements at update 1");
  }
}
