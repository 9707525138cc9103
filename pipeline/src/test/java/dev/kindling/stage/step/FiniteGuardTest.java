package dev.kindling.stage.step;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.engine.train.GradientStatistics;
import dev.kindling.engine.train.SequenceId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The last look at a gradient before it is used. */
class FiniteGuardTest {
  private static GradientStatistics statistics(double loss, int broken) {
    List<SequenceId> rows =
        IntStream.range(0, broken).mapToObj(i -> new SequenceId("e" + i, i)).toList();
    return new GradientStatistics(loss, 1, 1, 0, 0, 0, 0, 0, 0, rows);
  }

  @Test
  void numbersPass() {
    assertThatCode(() -> FiniteGuard.check(statistics(-3, 0), 1e30, 5)).doesNotThrowAnyException();
  }

  @Test
  void rowsThatAreNotFiniteAreNamedUpToTen() {
    assertThatThrownBy(() -> FiniteGuard.check(statistics(0, 2), 0, 5))
        .hasMessage(
            "Invalid gradient of step 5: 2 rows are not finite under the policy of step 4 (all must"
                + " be): e0 sample 0, e1 sample 1. Nothing was written.");
    assertThatThrownBy(() -> FiniteGuard.check(statistics(0, 11), 0, 5))
        .hasMessageContaining("11 rows")
        .hasMessageEndingWith("e9 sample 9, .... Nothing was written.");
  }

  @Test
  void aSumThatOverflowsHasNoRowToBlame() {
    assertThatThrownBy(() -> FiniteGuard.check(statistics(-3, 0), Double.POSITIVE_INFINITY, 5))
        .hasMessage(
            "Invalid gradient of step 5: loss -3.0, norm Infinity (must be finite), from rows that"
                + " are: their sum overflows (lower trainer.learning_rate). Nothing was written.");
    assertThatThrownBy(() -> FiniteGuard.check(statistics(Double.NaN, 0), 1, 5))
        .hasMessageStartingWith("Invalid gradient of step 5: loss NaN, norm 1.0 (must be finite)");
  }
}
