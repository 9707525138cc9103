package dev.kindling.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.engine.train.LearningRate.Shape;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** The three courses of the learning rate. */
class LearningRateTest {
  @Test
  void warmUpClimbsInEqualStepsToThePeak() {
    LearningRate rate = new LearningRate(Shape.CONSTANT, 0.4, 4, 10, 0);
    assertThat(rates(rate, 1, 2, 3, 4, 5, 10, 11))
        .containsExactly(new double[] {0.1, 0.2, 0.3, 0.4, 0.4, 0.4, 0.4}, within(1e-15));
  }

  @Test
  void linearFallsInEqualStepsToTheFloor() {
    LearningRate rate = new LearningRate(Shape.LINEAR, 1, 2, 10, 0.2);
    // From 1 at update 2 to 0.2 at update 10: 0.1 per update.
    assertThat(rates(rate, 1, 2, 3, 6, 10, 99))
        .containsExactly(new double[] {0.5, 1, 0.9, 0.6, 0.2, 0.2}, within(1e-15));
  }

  @Test
  void cosineIsHalfWayInTheMiddle() {
    LearningRate rate = new LearningRate(Shape.COSINE, 1, 0, 9, 0.5);
    // Updates 1, 3, 5, 9 are at 0, 1/4, 1/2, 1 of the way; cos(pi/4) = 0.70711.
    assertThat(rates(rate, 1, 3, 5, 9))
        .containsExactly(new double[] {1, 0.5 + 0.25 * 1.7071068, 0.75, 0.5}, within(1e-7));
  }

  @Test
  void aRunOfOneUpdateIsAtThePeak() {
    assertThat(new LearningRate(Shape.LINEAR, 0.3, 0, 1, 0).at(1)).isEqualTo(0.3);
  }

  @Property(tries = 200)
  void everyCourseStaysBetweenZeroAndThePeak(
      @ForAll Shape shape,
      @ForAll @LongRange(min = 0, max = 19) long warmup,
      @ForAll @LongRange(min = 1, max = 40) long update,
      @ForAll @DoubleRange(min = 0, max = 1) double floorShare) {
    double rate = new LearningRate(shape, 2, warmup, 20, floorShare).at(update);
    assertThat(rate).isBetween(0.0, 2.0);
    if (update >= warmup) {
      assertThat(rate).isGreaterThanOrEqualTo(2 * floorShare - 1e-12);
    }
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> new LearningRate(Shape.COSINE, 0, 5, 5, 2))
        .hasMessage(
            """
            Invalid learning_rate.peak: 0.0 (must be positive)
            Invalid learning_rate.warmup: 5 (must be in [0, learning_rate.updates = 5))
            Invalid learning_rate.floor_share: 2.0 (must be in [0, 1])""");
  }

  private static double[] rates(LearningRate rate, long... updates) {
    double[] rates = new double[updates.length];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = rate.at(updates[i]);
    }
    return rates;
  }
}
