package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.stage.PromptOrder.Visit;
import java.util.ArrayList;
import java.util.List;
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
    List<Visit> visits =
        new PromptOrder(examples, seed, true).firstVisits(epoch * examples, 0, 2 * examples);
    assertThat(visits.stream().mapToInt(Visit::example).sorted().toArray())
        .isEqualTo(IntStream.range(0, examples).toArray());
    assertThat(visits.get(examples - 1).place()).isEqualTo((epoch + 1) * examples - 1);
  }

  @Property(tries = 200)
  void drawnInRoundsAStepHasTheExamplesThatItHasAtOnceAndEachOfThemOnce(
      @ForAll @IntRange(min = 1, max = 30) int examples,
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 89) int from,
      @ForAll @IntRange(min = 0, max = 30) int first) {
    List<Visit> whole = new PromptOrder(examples, seed, true).firstVisits(from, 0, examples);
    List<Visit> rounds =
        new ArrayList<>(new PromptOrder(examples, seed, true).firstVisits(from, 0, first));
    rounds.addAll(new PromptOrder(examples, seed, true).firstVisits(from, rounds.size(), examples));
    assertThat(rounds).isEqualTo(whole);
    assertThat(whole.stream().map(Visit::example).distinct()).hasSize(examples);
  }

  @Example
  void epochsDifferAndFileOrderIsKeptOnRequest() {
    List<Integer> one = examples(new PromptOrder(20, 1, true).firstVisits(0, 0, 20));
    assertThat(examples(new PromptOrder(20, 1, true).firstVisits(20, 0, 20))).isNotEqualTo(one);
    // Place 2 of the first epoch, and of the second all but the example that came then.
    assertThat(new PromptOrder(3, 1, false).firstVisits(2, 0, 4))
        .containsExactly(new Visit(2, 2), new Visit(3, 0), new Visit(4, 1));
    assertThat(Prepare.end(new PromptOrder(3, 1, false), 2, 3)).isEqualTo(5);
  }

  @Property
  void fewerExamplesAreASampleThatOnlyTheSeedDraws(
      @ForAll @IntRange(min = 1, max = 60) int examples,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 90) int count) {
    List<Integer> first = new PromptOrder(examples, seed, true).first(count);
    assertThat(first).hasSize(Math.min(count, examples)).isSorted().doesNotHaveDuplicates();
    assertThat(first).isSubsetOf(new PromptOrder(examples, seed, true).first(count + 1));
    assertThat(new PromptOrder(examples, seed, false).first(count))
        .isEqualTo(IntStream.range(0, first.size()).boxed().toList());
  }

  private static List<Integer> examples(List<Visit> visits) {
    return visits.stream().map(Visit::example).toList();
  }
}
