package dev.kindling.stage;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The figures of the same examples under two policies → their differences, example by example. */
public final class Compare {
  private Compare() {}

  /**
   * The difference of a figure: the mean over examples of what one policy's is above the other's.
   *
   * @param level the examples' level; empty for all
   * @param metric for example {@code pass@16}
   * @param value the policy's mean; NaN where no example has a value under both
   * @param against the other one's
   * @param difference the first less the second
   * @param low lower end of its 95 % interval, from resampled pairs
   * @param high its upper end
   * @param examples examples that have a value under both policies
   */
  public record Difference(
      String level,
      String metric,
      double value,
      double against,
      double difference,
      double low,
      double high,
      long examples)
      implements Serializable {}

  /**
   * Examples whose correctness differs between the policies.
   *
   * @param gained right under the policy alone, ascending
   * @param lost right under the other one alone, ascending
   */
  public record Flips(List<String> gained, List<String> lost) implements Serializable {
    /**
     * Probability of counts at least this uneven if either way were as likely: McNemar's test in
     * its exact form, two-sided, min(1, 2 Σ C(n, i)/2^n) over i up to the smaller count.
     */
    public double pValue() {
      int n = gained.size() + lost.size();
      BigInteger term = BigInteger.ONE;
      BigInteger sum = BigInteger.ZERO;
      for (int i = 0; i <= Math.min(gained.size(), lost.size()); i++) {
        sum = sum.add(term);
        term = term.multiply(BigInteger.valueOf(n - i)).divide(BigInteger.valueOf(i + 1));
      }
      double tail =
          new BigDecimal(sum.shiftLeft(1))
              .divide(new BigDecimal(BigInteger.ONE.shiftLeft(n)), MathContext.DECIMAL64)
              .doubleValue();
      return Math.min(1, tail);
    }
  }

  /**
   * A comparison on one set.
   *
   * @param differences by level, all examples first, then by metric
   * @param flips of one metric whose values are 0 and 1
   */
  public record Comparison(List<Difference> differences, Flips flips) implements Serializable {}

  /** One example under both policies. */
  private record Pair(String exampleId, String level, double[] values, double[] against) {
    static Pair of(Row row) {
      return new Pair(
          row.getAs("example_id"),
          row.getAs("level"),
          doubles(row.getList(row.fieldIndex("values"))),
          doubles(row.getList(row.fieldIndex("against"))));
    }

    private static double[] doubles(List<Double> values) {
      return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Differences, and behind them the values and the other one's, NaN where either is. */
    double[] columns() {
      int count = values.length;
      double[] columns = new double[3 * count];
      for (int i = 0; i < count; i++) {
        boolean hasBoth = !Double.isNaN(values[i]) && !Double.isNaN(against[i]);
        // Two of −∞ are equal, though their difference is not a number.
        columns[i] = values[i] == against[i] ? 0 : values[i] - against[i];
        columns[count + i] = hasBoth ? values[i] : Double.NaN;
        columns[2 * count + i] = hasBoth ? against[i] : Double.NaN;
      }
      return columns;
    }
  }

  /**
   * Compares two policies on the examples that have evidence under both.
   *
   * @param examples rows of {@link ExampleFigures} of the policy
   * @param against those of the other one, with the same metrics
   * @param flipping the metric whose flips are listed, of those whose values are 0 and 1
   * @param seed of the intervals
   */
  public static Comparison compare(
      Dataset<Row> examples,
      Dataset<Row> against,
      List<String> metrics,
      String flipping,
      long seed) {
    List<String> names = List.copyOf(metrics);
    return against
        .selectExpr("example_id", "values AS against")
        .join(examples, "example_id")
        // As figures are made: in one sorted partition.
        .repartition(1)
        .sortWithinPartitions("example_id")
        .javaRDD()
        .mapPartitions(
            rows -> {
              List<Pair> pairs = new ArrayList<>();
              rows.forEachRemaining(row -> pairs.add(Pair.of(row)));
              return List.of(compare(pairs, names, flipping, seed)).iterator();
            })
        .first();
  }

  private static Comparison compare(
      List<Pair> pairs, List<String> metrics, String flipping, long seed) {
    List<Difference> differences = new ArrayList<>(differences("", pairs, metrics, seed));
    SortedMap<String, List<Pair>> levels = new TreeMap<>();
    for (Pair pair : pairs) {
      levels.computeIfAbsent(pair.level(), level -> new ArrayList<>()).add(pair);
    }
    levels.remove("");
    levels.forEach((level, some) -> differences.addAll(differences(level, some, metrics, seed)));
    int flip = metrics.indexOf(flipping);
    return new Comparison(
        differences,
        new Flips(
            ids(pairs, pair -> pair.values()[flip] > pair.against()[flip]),
            ids(pairs, pair -> pair.values()[flip] < pair.against()[flip])));
  }

  private static List<String> ids(List<Pair> pairs, Predicate<Pair> isOne) {
    // Serializable, which the lists of streams need not be.
    return new ArrayList<>(pairs.stream().filter(isOne).map(Pair::exampleId).toList());
  }

  private static List<Difference> differences(
      String level, List<Pair> pairs, List<String> metrics, long seed) {
    int count = metrics.size();
    Bootstrap.Interval[] intervals =
        Bootstrap.of(pairs.stream().map(Pair::columns).toList(), 3 * count, seed);
    List<Difference> differences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      differences.add(
          new Difference(
              level,
              metrics.get(i),
              intervals[count + i].mean(),
              intervals[2 * count + i].mean(),
              intervals[i].mean(),
              intervals[i].low(),
              intervals[i].high(),
              intervals[i].examples()));
    }
    return differences;
  }
}
