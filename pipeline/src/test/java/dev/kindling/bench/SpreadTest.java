package dev.kindling.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Median and range of repeats. */
class SpreadTest {
  @Test
  void theMedianIsTheMiddleOneOrTheMeanOfTwo() {
    assertThat(Spread.of(List.of(9.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 9));
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(new Spread(3, 1, 9));
  }

  @Test
  void noiseIsTheFartherExtremeOverTheMedian() {
    assertThat(new Spread(4, 1, 5).noise()).isCloseTo(0.75, within(1e-15));
  }

  @Test
  void noRepeatIsRefused() {
    assertThatThrownBy(() -> Spread.of(List.of())).hasMessage("Invalid repeats: 0 (must be >= 1)");
  }
}
