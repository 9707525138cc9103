package dev.kindling.report;

import dev.kindling.row.MetricsRow;
import java.util.List;

/** The arms side by side, one row each: the same cells on the page and in the terminal. */
public final class ArmTable {
  static final List<String> HEADER =
      List.of(
          "Arm",
          "Objective",
          "Steps",
          "Measure",
          "Last",
          "Best",
          "At step",
          "log P̂ first → last",
          "Time");

  private ArmTable() {}

  /** The table as text. */
  public static String text(List<Arm> arms) {
    return TextTable.of(HEADER, arms.stream().map(ArmTable::cells).toList());
  }

  /** The cells of one arm, in the order of {@link #HEADER}. */
  static List<String> cells(Arm arm) {
    Series outcome = Series.outcome(arm);
    Series logPHat = Series.of(arm, MetricsRow::logPHat);
    return List.of(
        arm.name(),
        arm.highlights(),
        Integer.toString(arm.metrics().size()),
        measure(arm),
        Numbers.share(outcome.last()),
        Numbers.share(outcome.best()),
        outcome.bestStep(),
        logPHat.span(Numbers::plain),
        Numbers.duration(arm.metrics().stream().mapToDouble(Charts::seconds).sum()));
  }

  private static String measure(Arm arm) {
    if (arm.metrics().isEmpty()) {
      return Numbers.NONE;
    }
    return Series.evaluated(arm) ? "pass@1" : "training reward";
  }
}
