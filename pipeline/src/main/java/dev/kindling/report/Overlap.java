package dev.kindling.report;

import dev.kindling.report.Chart.Kind;
import dev.kindling.report.Chart.Line;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Says in a chart's words which of its lines are so close all along that they are one to the eye.
 * The page's script stripes them where they are.
 */
final class Overlap {
  // Of the height of a plot, which is less than the width of a line.
  private static final double CLOSE = 0.005;

  private Overlap() {}

  /** The chart with its lines of one course named. */
  static Chart told(Chart chart) {
    double close = CLOSE * height(chart);
    List<List<Line>> bundles = new ArrayList<>();
    for (Line line : chart.lines()) {
      bundles.stream()
          .filter(bundle -> isOver(line, bundle.get(0), close))
          .findFirst()
          .ifPresentOrElse(
              bundle -> bundle.add(line), () -> bundles.add(new ArrayList<>(List.of(line))));
    }
    String said =
        bundles.stream()
            .filter(bundle -> bundle.size() > 1)
            .map(bundle -> bundle.stream().map(Line::label).collect(Collectors.joining(", ")))
            .collect(Collectors.joining("; "));
    return said.isEmpty()
        ? chart
        : new Chart(
            chart.title(),
            chart.meaning() + " On the same course, striped in turn: " + said + ".",
            chart.unit(),
            chart.large(),
            chart.lines());
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
