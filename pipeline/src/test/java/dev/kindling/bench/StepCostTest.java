package dev.kindling.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a step costs beside its arithmetic, worked out by hand. */
class StepCostTest {
  @Test
  void besideIsWhatSamplingVerdictsAndGradientsLeave() {
    StepCost step = new StepCost(2, 0.5, 0.125, 0.25, 0.75);
    assertThat(step.arithmetic()).isEqualTo(0.875);
    assertThat(step.beside()).isEqualTo(1.125);
  }

  @Test
  void anUpdateHasItsShareOfTheStageThatMakesThem() {
    StepCost update = new StepCost(9, 5, 1, 1, 2).update(4);
    assertThat(update.wall()).isEqualTo(0.5);
    assertThat(update.beside()).isEqualTo(0.25);
  }
}
