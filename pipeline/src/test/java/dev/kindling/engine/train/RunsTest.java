package dev.kindling.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which segments stand in one run, and where. */
class RunsTest {
  @Test
  void segmentsOfAboutOneLengthShareARunWhoseShorterOnesLeaveSlotsEmpty() {
    Runs runs = new Runs(2);
    Runs.Run prompt = runs.alone(3);
    runs.add(0, prompt);
    runs.add(3, prompt);
    runs.add(4, prompt);
    // With 8 tokens three of them would leave 9 of 24 slots empty, more than a quarter.
    runs.add(8, prompt);
    assertThat(runs.numbers()).containsExactly(0, 1, 3, 0, 0, 3, 2, 4, 0, 3, 11, 1, 8, 0, 3);
    assertThat(runs.slots())
        .containsExactly(0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18);
  }

  @Test
  void segmentsWithoutAPromptShareARunAndThoseOfAnotherPromptDoNot() {
    Runs runs = new Runs(2);
    runs.add(2, Runs.NONE);
    runs.add(2, Runs.NONE);
    Runs.Run prompt = runs.alone(2);
    runs.add(2, prompt);
    Runs.Run other = runs.alone(2);
    runs.add(0, other);
    runs.add(2, Runs.NONE);
    assertThat(runs.numbers())
        .containsExactly(
            0, 2, 2, 0, 0, 4, 1, 2, 0, 0, 6, 1, 2, 4, 2, 8, 1, 2, 0, 0, 10, 1, 2, 0, 0);
  }

  @Test
  void aRunHasAtMostAMillionScores() {
    Runs runs = new Runs(16);
    for (int segment = 0; segment < 5; segment++) {
      runs.add(128, Runs.NONE);
    }
    // One segment has 16 heads of 128 times 128 scores, 2^18; four of them are 2^20.
    assertThat(runs.numbers()).containsExactly(0, 4, 128, 0, 0, 512, 1, 128, 0, 0);
  }
}
