package dev.kindling.stage.step;

import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.train.GradientStatistics;
import dev.kindling.engine.train.SequenceId;
import java.util.List;
import java.util.stream.Collectors;

/** Refuses a step whose loss or gradient is not finite, before anything is written. */
final class FiniteGuard {
  private static final int ROWS_NAMED = 10;

  private FiniteGuard() {}

  /**
   * Holds that loss and gradient norm are numbers.
   *
   * @throws InvalidInputException naming the rows that caused it
   */
  static void check(GradientStatistics statistics, double gradientNorm, long step) {
    if (Double.isFinite(statistics.loss())
        && Double.isFinite(gradientNorm)
        && statistics.notFinite().isEmpty()) {
      return;
    }
    if (statistics.notFinite().isEmpty()) {
      throw new InvalidInputException(
          "Invalid gradient of step %d: loss %s, norm %s (must be finite), from rows that are: their sum overflows (lower trainer.learning_rate). Nothing was written."
              .formatted(step, statistics.loss(), gradientNorm));
    }
    List<SequenceId> rows = statistics.notFinite();
    String named =
        rows.stream()
            .limit(ROWS_NAMED)
            .map(row -> row.exampleId() + " sample " + row.sample())
            .collect(Collectors.joining(", "));
    throw new InvalidInputException(
        "Invalid gradient of step %d: %d rows are not finite under the policy of step %d (all must be): %s%s. Nothing was written."
            .formatted(
                step, rows.size(), step - 1, named, rows.size() > ROWS_NAMED ? ", ..." : ""));
  }
}
