package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** The order of prompts over epochs. */
class PromptOrderTest {
  @Property(tries = 200)
  void everyEpochVisitsEveryExampleOnce(
      @ForAll @IntRange(min = 1, max = 50) int examples,
      @ForAll long seed,
      @ForAll @LongRange(min = 0, max = 5) long epoch) {
    int[] order = PromptOrder.positions(examples, seed, true, epoch * examples, examples);
    assertThat(Arrays.stream(order).sorted().toArray())
        .isEqualTo(IntStream.range(0, examples).toArray());
  }

  @Property(tries = 200)
  void aRunThatStopsAnywhereGoesOnInTheSameOrder(
      @ForAll @IntRange(min = 1, max = 30) int examples,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 89) int stop) {
    int[] whole = PromptOrder.positions(examples, seed, true, 0, 90);
    assertThat(PromptOrder.positions(examples, seed, true, stop, 90 - stop))
        .isEqualTo(Arrays.copyOfRange(whole, stop, 90));
  }

  @Example
  void epochsDifferAndFileOrderIsKeptOnRequest() {
    int[] two = PromptOrder.positions(20, 1, true, 0, 40);
    assertThat(Arrays.copyOf(two, 20)).isNotEqualTo(Arrays.copyOfRange(two, 20, 40));
    assertThat(PromptOrder.positions(3, 1, false, 2, 4)).containsExactly(2, 0, 1, 2);
  }
}
