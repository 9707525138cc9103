package dev.kindling.objective;

import java.util.List;
import java.util.stream.Stream;

/**
 * A named SQL expression over the columns before it.
 *
 * <p>A column of an {@link Estimator} is either a value of the example or one of each of its
 * samples. An expression that names a column of the samples is evaluated for each sample, and its
 * names mean that sample's values; one that names none is a value of the example, computed once. A
 * {@link Fold} then makes one column of the values of all samples, always in the order of their
 * numbers, so that a sum has the same bits however the rows are distributed.
 *
 * <p>Columns of tokens ({@link Regulariser}) have no fold: their expressions are of a token.
 *
 * @param name the column's name
 * @param fold what becomes of the samples' values
 * @param expression a value; with estimators without aggregate and window functions
 */
public record SqlColumn(String name, Fold fold, String expression) {
  /** Negative infinity as a SQL literal. */
  public static final String MINUS_INFINITY = "CAST('-Infinity' AS DOUBLE)";

  /** What becomes of the values of an example's samples. */
  public enum Fold {
    /** Nothing: the expression's own value. */
    NONE,
    /** Their sum (double) for the example, nulls left out; null for an example without samples. */
    SUM,
    /** The smallest for the example, nulls left out. */
    MIN,
    /** The largest for the example, nulls left out. */
    MAX,
    /** For each sample, the sum (double) of those before it. */
    SUM_BEFORE
  }

  /**
   * A value of the example, or of each sample where the expression names a column of the samples.
   */
  public SqlColumn(String name, String expression) {
    this(name, Fold.NONE, expression);
  }

  /** The sum of a value over the example's samples; null for an example without any. */
  public static SqlColumn sum(String name, String expression) {
    return new SqlColumn(name, Fold.SUM, expression);
  }

  /** The smallest value of the example's samples, nulls left out. */
  public static SqlColumn min(String name, String expression) {
    return new SqlColumn(name, Fold.MIN, expression);
  }

  /** The largest value of the example's samples, nulls left out. */
  public static SqlColumn max(String name, String expression) {
    return new SqlColumn(name, Fold.MAX, expression);
  }

  /** The sum of a value over the samples before each. */
  static SqlColumn sumBefore(String name, String expression) {
    return new SqlColumn(name, Fold.SUM_BEFORE, expression);
  }

  /** Some columns and then others. */
  static List<SqlColumn> join(List<SqlColumn> first, List<SqlColumn> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
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
