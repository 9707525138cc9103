package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which lines would hide one another. */
class OverlapTest {
  private static Chart passAt1(Arm... arms) {
    return Charts.of(List.of(arms)).get(0).charts().get(0);
  }

  /** An arm with evaluations after both of its steps. */
  private static Arm arm(String name, double first, double last) {
    return Runs.arm(name, List.of(Runs.step(1, -2.0, first, 1), Runs.step(2, -1.0, last, 1)));
  }

  @Test
  void aLineOnTheCourseOfAnotherIsDrawnAroundIt() {
    // Half a percent of the height 0.8 is 0.004: 0.797 is as good as 0.8, 0.795 is not.
    Chart chart =
        passAt1(
            arm("a", 0, 0.8),
            arm("b", 0, 0.795),
            arm("c", 0, 0.797),
            arm("d", 0, 0.8),
            arm("e", 0.1, 0.795));
    assertThat(chart.lines()).extracting(Chart.Line::around).containsExactly(0, 0, 1, 2, 0);
    assertThat(chart.meaning())
        .isEqualTo(
            "Mean over the evaluation set. On the same course, one drawn around the other: a, c,"
                + " d.");
  }

  @Test
  void aGapOrAnotherNumberOfStepsIsAnotherCourse() {
    Arm shorter = Runs.arm("shorter", List.of(Runs.step(1, -2.0, 0.0, 1)));
    Arm late = Runs.arm("late", List.of(Runs.step(1, -2.0, null, 1), Runs.step(2, -1.0, 0.0, 1)));
    assertThat(passAt1(arm("a", 0, 0), shorter, late, arm("b", 0, 0)).lines())
        .extracting(Chart.Line::around)
        .containsExactly(0, 0, 0, 1);
  }

  @Test
  void layersOfAStackLieOnOneAnotherAndHideNothing() {
    Arm arm = Runs.arm("a", List.of(Runs.step(1, -2.0, 0.5, 1)));
    List<Chart> cost = Charts.of(List.of(arm)).get(4).charts();
    assertThat(cost.get(cost.size() - 1).lines()).extracting(Chart.Line::around).containsOnly(0);
  }

  @Test
  void thePagesScriptIsTold() throws Exception {
    List<Arm> arms = List.of(arm("a", 0, 0), arm("b", 0, 0));
    Chart chart = passAt1(arms.toArray(Arm[]::new));
    assertThat(
            new ObjectMapper().readTree(ChartJson.of(arms, List.of(chart))).at("/charts/0/lines"))
        .extracting(line -> line.at("/around").asInt())
        .containsExactly(0, 1);
  }
}
