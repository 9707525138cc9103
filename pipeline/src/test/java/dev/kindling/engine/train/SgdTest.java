package dev.kindling.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Plain gradient descent on numbers worked out by hand. */
class SgdTest {
  @Test
  void anUpdateIsTheOneWorkedOutByHandAndLeavesTheMomentsAlone() {
    float[] parameters = {1, -2};
    float[] first = {0, 0};
    float[] second = {0, 0};
    // Decay 1 - 0.1 * 0.5 = 0.95; clipped gradient (2, -0.5); 0.95 - 0.2 and -1.9 + 0.05.
    new Sgd(0.5).update(parameters, new float[] {4, -1}, first, second, 0.5, 0.1, 1);
    assertThat(parameters).containsExactly(new float[] {0.75f, -1.85f}, within(1e-6f));
    assertThat(first).containsOnly(0);
    assertThat(second).containsOnly(0);
  }

  @Test
  void anUpdateDependsOnNoUpdateBeforeIt() {
    float[] early = {3};
    float[] late = {3};
    new Sgd(0).update(early, new float[] {1}, new float[1], new float[1], 1, 0.25, 1);
    new Sgd(0).update(late, new float[] {1}, new float[1], new float[1], 1, 0.25, 1000);
    assertThat(early).containsExactly(2.75f);
    assertThat(late).containsExactly(2.75f);
  }

  @Test
  void aNegativeDecayAndSlicesOfDifferentLengthsAreRefused() {
    assertThatThrownBy(() -> new Sgd(-1))
        .hasMessage("Invalid sgd.weight_decay: -1.0 (must be >= 0)");
    assertThatThrownBy(
            () ->
                new Sgd(0).update(new float[2], new float[3], new float[2], new float[2], 1, 1, 1))
        .hasMessage("slices of 2 and 3 elements at update 1");
  }
}
