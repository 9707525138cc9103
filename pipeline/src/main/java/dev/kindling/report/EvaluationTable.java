package dev.kindling.report;

import dev.kindling.row.EvaluationRow;
import java.util.List;

/** Figures of an evaluation, one row each: the same cells on the page and in the terminal. */
public final class EvaluationTable {
  static final List<String> HEADER =
      List.of("Set", "Level", "Figure", "Value", "95 % interval", "Examples", "Samples");

  private static final String IN_NATS = "log_p_hat";

  private EvaluationTable() {}

  /** The table as text. */
  public static String text(List<EvaluationRow> rows) {
    return TextTable.of(HEADER, rows.stream().map(EvaluationTable::cells).toList());
  }

  /** The cells of one figure, in the order of {@link #HEADER}. */
  static List<String> cells(EvaluationRow row) {
    return List.of(
        row.set(),
        level(row.level()),
        row.name(),
        value(row.name(), orNaN(row.value())),
        interval(row.name(), orNaN(row.low()), orNaN(row.high())),
        Long.toString(row.examples()),
        Numbers.plain(orNaN(row.samples())));
  }

  /** The level as people read it. */
  public static String level(String level) {
    return level.isEmpty() ? "all" : level;
  }

  /** A figure's value: nats as a number, everything else in percent. */
  public static String value(String figure, double value) {
    return unit(figure).format(value);
  }

  /** An interval from its ends. */
  public static String interval(String figure, double low, double high) {
    return Double.isNaN(low) || Double.isNaN(high)
        ? Numbers.NONE
        : value(figure, low) + " … " + value(figure, high);
  }

  /** How a figure's values are written. */
  static Unit unit(String figure) {
    return figure.equals(IN_NATS) ? Unit.NUMBER : Unit.SHARE;
  }

  /** What a figure is, in a sentence. */
  static String meaning(String figure) {
    String k = figure.substring(figure.indexOf('@') + 1);
    String of =
        switch (figure.substring(0, figure.length() - k.length())) {
          case "pass@" -> "Unbiased share of draws of " + k + " with a correct sample";
          case "mean@" -> "Share of correct samples among the first " + k;
          case "maj@" -> "Whether the answer that most of the first " + k + " give is correct";
          default -> "Log of the mean likelihood of the gold answer, in nats";
        };
    return of + ": mean over the examples, with its 95 % interval.";
  }

  private static double orNaN(Double value) {
    return value == null ? Double.NaN : value;
  }
}
