package dev.kindling.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One plot against the step.
 *
 * @param title what is plotted
 * @param meaning one sentence on how to read it, with its unit
 * @param unit how its values are written
 * @param large whether it is one of the first plots a reader should see
 * @param lines those that have a value
 */
record Chart(String title, String meaning, Unit unit, boolean large, List<Line> lines) {

  /** How a line is drawn. */
  enum Kind {
    /** A value at every step; a missing one is a gap. */
    EVERY_STEP,
    /** Values at some steps only, joined across the others. */
    EVALUATIONS,
    /** Drawn dashed: it stands in for a measure that the arm lacks. */
    STAND_IN,
    /** One layer of a stack, coloured by its place. */
    LAYER;

    /** The name that the page's script knows. */
    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One line.
   *
   * @param label its name in the legend
   * @param arm index of its arm
   * @param colour index into the palette
   * @param kind how it is drawn
   * @param series its points
   */
  record Line(String label, int arm, int colour, Kind kind, Series series) {}

  /** The plot in words, for those who cannot see it: where each line starts and ends. */
  String description() {
    return title
        + " by step, first to last. "
        + lines.stream()
            .map(line -> line.label() + ": " + line.series().span(unit::format))
            .collect(Collectors.joining("; "))
        + ".";
  }
}
