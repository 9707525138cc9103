package dev.kindling.objective;

import java.util.List;
import java.util.stream.Stream;

/**
 * A named SQL expression, a value of one sample.
 *
 * @param name the column's name
 * @param expression its definition over columns that come before it
 */
public record SqlColumn(String name, String expression) {
  /** Negative infinity as a SQL literal. */
  public static final String MINUS_INFINITY = "CAST('-Infinity' AS DOUBLE)";

  private static final String BY_SAMPLE = " OVER (PARTITION BY example_id ORDER BY sample";

  /**
   * An aggregate over the samples of the example, taken in their order, so that a sum has the same
   * bits however the rows are distributed.
   *
   * @param aggregate for example {@code sum(reward)}
   */
  public static String overExample(String aggregate) {
    return aggregate + BY_SAMPLE + " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)";
  }

  /** Some columns and then others. */
  static List<SqlColumn> join(List<SqlColumn> first, List<SqlColumn> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }

  /** An aggregate over the samples of the example up to and including this one. */
  static String upToSample(String aggregate) {
    return aggregate + BY_SAMPLE + " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)";
  }

  /** A value of the sample before this one; null for the first. */
  static String ofPreviousSample(String value) {
    return "lag(" + value + ")" + BY_SAMPLE + ")";
  }

  /**
   * A random number in [0, 1), the same wherever and whenever it is drawn: h/2^52 where h is the
   * number that the first 13 hexadecimal digits of the keys' MD5 write.
   *
   * @param keys columns, joined by a slash before they are hashed
   */
  public static String uniform(String keys) {
    return "CAST(conv(substr(md5(concat_ws('/', %s)), 1, 13), 16, 10) AS DOUBLE)".formatted(keys)
        + " / 4503599627370496E0";
  }

  /** A real number as a SQL literal of type double, in Spark and in DuckDB alike. */
  public static String literal(double number) {
    String digits = Double.toString(number);
    return digits.contains("E") ? digits : digits + "E0";
  }
}
