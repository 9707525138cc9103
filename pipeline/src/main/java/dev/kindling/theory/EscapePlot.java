package dev.kindling.theory;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Escape times against p₀ as an SVG picture, both axes logarithmic. */
public final class EscapePlot {
  private static final List<String> COLOURS =
      List.of("#d62728", "#e68a00", "#2ca02c", "#1f77b4", "#6a3d9a");
  private static final int LEFT = 70;
  private static final int RIGHT = 540;
  private static final int TOP = 50;
  private static final int BOTTOM = 370;

  private final StringBuilder svg = new StringBuilder();
  private final int decades;

  private EscapePlot(int decades) {
    this.decades = decades;
  }

  /** The picture: a line with points for the exact gradient, a dashed one for drawn groups. */
  public static String svg(Theory theory) {
    double longest =
        theory.escapes().stream()
            .flatMapToDouble(
                escape -> DoubleStream.of(escape.exact()[last()], escape.drawn()[last()]))
            .max()
            .orElse(1);
    EscapePlot plot = new EscapePlot((int) Math.ceil(Math.log10(longest)));
    plot.axes();
    for (int i = 0; i < theory.escapes().size(); i++) {
      plot.lines(theory.escapes().get(i), COLOURS.get(i));
    }
    plot.text(LEFT + 10, TOP + 20, "start", "black", "line: exact gradient");
    plot.text(LEFT + 10, TOP + 40, "start", "black", "dashed: groups of " + theory.samples());
    return plot.svg.append("</svg>\n").toString();
  }

  private static int last() {
    return EscapeTimes.STARTS.length - 1;
  }

  /** Starts fall from left to right. */
  private static double x(double start) {
    double range = Math.log(EscapeTimes.STARTS[0] / EscapeTimes.STARTS[last()]);
    return LEFT + (RIGHT - LEFT) * Math.log(EscapeTimes.STARTS[0] / start) / range;
  }

  private double y(double time) {
    return BOTTOM - (BOTTOM - TOP) * Math.log10(time) / decades;
  }

  private void axes() {
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 430\"");
    svg.append(" font-family=\"sans-serif\" font-size=\"13\">\n");
    svg.append("<rect width=\"640\" height=\"430\" fill=\"white\"/>\n");
    text(LEFT, TOP - 22, "start", "black", "Time until the right answer has probability 1/2");
    for (int decade = 0; decade <= decades; decade++) {
      double height = y(Math.pow(10, decade));
      add("<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>%n", LEFT, height, RIGHT);
      text(LEFT - 8, height + 4, "end", "black", format("1e%d", decade));
    }
    for (double start : EscapeTimes.STARTS) {
      text(x(start), BOTTOM + 20, "middle", "black", format("%.0e", start));
    }
    text((LEFT + RIGHT) / 2.0, BOTTOM + 44, "middle", "black", "p₀, its probability at the start");
  }

  private void lines(EscapeTimes escape, String colour) {
    line(escape.exact(), colour, "stroke-width=\"2\"");
    line(escape.drawn(), colour, "stroke-dasharray=\"5 4\"");
    for (int i = 0; i <= last(); i++) {
      add(
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n",
          x(EscapeTimes.STARTS[i]), y(escape.exact()[i]), colour);
    }
    text(RIGHT + 10, y(escape.exact()[last()]) + 4, "start", colour, format("q = %s", escape.q()));
  }

  private void line(double[] times, String colour, String style) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i <= last(); i++) {
      points.append(format("%.1f,%.1f ", x(EscapeTimes.STARTS[i]), y(times[i])));
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" %s/>%n",
        points.toString().strip(), colour, style);
  }

  private void text(double x, double y, String anchor, String colour, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
        x, y, anchor, colour, text);
  }

  private void add(String format, Object... values) {
    svg.append(format(format, values));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
