package dev.kindling.report;

import dev.kindling.report.Chart.Line;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The numbers behind the charts as JSON that may stand inside a script element: no text can close
 * the element, and what JSON cannot hold (NaN, infinities) is null, which the charts show as a gap.
 */
final class ChartJson {
  // A screen shows no more, and the page stays small.
  private static final MathContext DIGITS = new MathContext(6);

  private ChartJson() {}

  /** An object of {@code steps}, one array an arm, and {@code charts} with their lines. */
  static String of(List<Arm> arms, List<Chart> charts) {
    return "{\"steps\":%s,\n\"charts\":%s}"
        .formatted(
            array(arms.stream().map(ChartJson::steps)),
            array(charts.stream().map(ChartJson::chart)));
  }

  private static String steps(Arm arm) {
    return array(arm.metrics().stream().map(row -> Long.toString(row.step())));
  }

  private static String chart(Chart chart) {
    return "\n{\"unit\":\"%s\",\"lines\":%s}"
        .formatted(chart.unit().key(), array(chart.lines().stream().map(ChartJson::line)));
  }

  private static String line(Line line) {
    return "{\"label\":%s,\"arm\":%d,\"colour\":%d,\"kind\":\"%s\",\"values\":%s}"
        .formatted(
            string(line.label()),
            line.arm(),
            line.colour(),
            line.kind().key(),
            array(Arrays.stream(line.series().values()).mapToObj(ChartJson::number)));
  }

  private static String array(Stream<String> items) {
    return items.collect(Collectors.joining(",", "[", "]"));
  }

  /** A number with six significant digits. */
  static String number(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(DIGITS).stripTrailingZeros().toString()
        : "null";
  }

  /** A string in which no character can end the JSON string or the script element around it. */
  static String string(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      boolean plain = character == ' ' || Character.isLetterOrDigit(character);
      out.append(plain ? String.valueOf(character) : "\\u%04x".formatted((int) character));
    }
    return out.append('"').toString();
  }
}
