package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which lines would hide one another. */
class OverlapTest {
  private static Chart passAt1(Arm... arms) {
    return Charts.main(List.of(arms)).get(0);
  }

  /** An arm with evaluations after both of its steps. */
  private static Arm arm(String name, double first, double last) {
    return Runs.arm(name, List.of(Runs.step(1, -2.0, first, 1), Runs.step(2, -1.0, last, 1)));
  }

  @Test
  void aLineOnTheCourseOfAnotherIsNamedWithIt() {
    // Half a percent of the height 0.8 is 0.004: 0.797 is as good as 0.8, 0.795 is not.
    Chart chart =
        passAt1(
            arm("a", 0, 0.8),
            arm("b", 0, 0.795),
            arm("c", 0, 0.797),
            arm("d", 0, 0.8),
            arm("e", 0.1, 0.795));
    assertThat(chart.meaning()).endsWith(" On the same course, striped in turn: a, c, d.");
  }

  @Test
  void aGapOrAnotherNumberOfStepsIsAnotherCourse() {
    Arm shorter = Runs.arm("shorter", List.of(Runs.step(1, -2.0, 0.0, 1)));
    Arm late = Runs.arm("late", List.of(Runs.step(1, -2.0, null, 1), Runs.step(2, -1.0, 0.0, 1)));
    assertThat(passAt1(arm("a", 0, 0), shorter, late, arm("b", 0, 0)).meaning())
        .endsWith(" On the same course, striped in turn: a, b.");
  }

  @Test
  void layersOfAStackLieOnOneAnotherAndHideNothing() {
    Arm arm = Runs.arm("a", List.of(Runs.step(1, -2.0, 0.5, 1)));
    assertThat(
            Charts.metrics(List.of(arm)).stream()
                .flatMap(section -> section.charts().stream())
                .filter(chart -> chart.title().equals("Time per step: a"))
                .map(Chart::meaning))
        .containsExactly("Wall time of the stages, stacked.");
  }
}
