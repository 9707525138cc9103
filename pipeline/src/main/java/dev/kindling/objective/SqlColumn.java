package dev.kindling.objective;

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

  /** An aggregate over the samples of the example up to and including this one. */
  static String upToSample(String aggregate) {
    return aggregate + BY_SAMPLE + " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)";
  }

  /** A value of the sample before this one; null for the first. */
  static String ofPreviousSample(String value) {
    return "lag(" + value + ")" + BY_SAMPLE + ")";
  }

  /** A real number as a SQL literal of type double, in Spark and in DuckDB alike. */
  static String literal(double number) {
    String digits = Double.toString(number);
    return digits.contains("E") ? digits : digits + "E0";
  }
}
