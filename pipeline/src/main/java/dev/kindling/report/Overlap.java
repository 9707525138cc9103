package dev.kindling.report;

import dev.kindling.report.Chart.Kind;
import dev.kindling.report.Chart.Line;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Lines of one chart so close all along that the one would hide the other: the later is drawn as a
 * wider line around the earlier, and the chart says so.
 */
final class Overlap {
  // Of the height of a plot, which is less than the width of a line.
  private static final double CLOSE = 0.005;

  private Overlap() {}

  /** The chart with the lines around others marked. */
  static Chart marked(Chart chart) {
    double close = CLOSE * height(chart);
    List<List<Line>> bundles = new ArrayList<>();
    List<Line> lines = new ArrayList<>();
    for (Line line : chart.lines()) {
      List<Line> bundle =
          bundles.stream()
              .filter(other -> isOver(line, other.get(0), close))
              .findFirst()
              .orElseGet(ArrayList::new);
      if (bundle.isEmpty()) {
        bundles.add(bundle);
      }
      lines.add(line.around(bundle.size()));
      bundle.add(line);
    }
    String said =
        bundles.stream()
            .filter(bundle -> bundle.size() > 1)
            .map(bundle -> bundle.stream().map(Line::label).collect(Collectors.joining(", ")))
            .collect(Collectors.joining("; "));
    String meaning =
        said.isEmpty()
            ? chart.meaning()
            : chart.meaning() + " On the same course, one drawn around the other: " + said + ".";
    return new Chart(chart.title(), meaning, chart.unit(), chart.large(), lines);
  }

  private static boolean isOver(Line a, Line b, double close) {
    double[] of = a.series().values();
    double[] other = b.series().values();
    boolean over = a.kind() != Kind.LAYER && Arrays.equals(a.series().steps(), b.series().steps());
    for (int i = 0; over && i < of.length; i++) {
      over =
          Double.isFinite(of[i]) ? Math.abs(of[i] - other[i]) <= close : !Double.isFinite(other[i]);
    }
    return over;
  }

  private static double height(Chart chart) {
    DoubleSummaryStatistics values =
        chart.lines().stream()
            .flatMapToDouble(line -> Arrays.stream(line.series().values()))
            .filter(Double::isFinite)
            .summaryStatistics();
    // The axis of shares begins at 0.
    double low = chart.unit() == Unit.SHARE ? Math.min(0, values.getMin()) : values.getMin();
    return values.getMax() - low;
  }
}
