package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The summary of an arm can be checked by hand. */
class ArmTableTest {
  @Test
  void anEvaluatedArmShowsItsLastAndItsFirstBestEvaluation() {
    Arm arm =
        Runs.arm(
            "garl",
            List.of(
                Runs.step(1, -8.0, 0.1, 1),
                Runs.step(2, Double.NEGATIVE_INFINITY, 0.4, 1),
                Runs.step(3, -4.0, 0.4, 1),
                Runs.step(4, -2.5, 0.3, 1),
                Runs.step(5, null, null, 1)));
    assertThat(ArmTable.cells(arm))
        .containsExactly(
            "garl",
            "garl q=0.75",
            "5",
            "pass@1",
            "30.0 %",
            "40.0 %",
            "2",
            "-8 → -2.5",
            "1 min 03 s");
  }

  @Test
  void anArmNeverEvaluatedShowsItsTrainingReward() {
    assertThat(ArmTable.cells(Runs.neverEvaluated("rlvr", 3)))
        .containsExactly(
            "rlvr",
            "garl q=0.75",
            "3",
            "training reward",
            "3.0 %",
            "3.0 %",
            "3",
            "-8 → -6",
            "37.5 s");
  }

  @Test
  void aRunWithoutStepsShowsDashes() {
    assertThat(ArmTable.cells(Runs.neverEvaluated("new", 0)))
        .containsExactly("new", "garl q=0.75", "0", "–", "–", "–", "–", "–", "0.0 s");
  }

  @Test
  void theTerminalShowsOneLineAnArm() {
    String text =
        ArmTable.text(List.of(Runs.neverEvaluated("one", 2), Runs.neverEvaluated("two", 1)));
    assertThat(text.lines()).hasSize(4);
    assertThat(text.lines().skip(2).map(line -> line.substring(0, 3)))
        .containsExactly("one", "two");
  }

  @Test
  void stepsOutOfOrderAreRefused() {
    assertThatThrownBy(
            () -> Runs.arm("a", List.of(Runs.step(2, -1.0, null, 1), Runs.step(2, -1.0, null, 1))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Invalid step of arm a: 2 (must ascend, once each)");
  }
}
