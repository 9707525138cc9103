package dev.kindling.stage;

import static org.apache.spark.sql.functions.expr;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** 3-scores → pass@1, pass@k, maj@k and log P̂ of a policy on an evaluation set. */
public final class Evaluate {
  private static final String LOG_MEAN_EXP =
      "if(log_max = double('-Infinity'), log_max,"
          + " log_max + ln(aggregate(samples, 0D, (sum, s) -> sum + exp(s.log_w - log_max)) / n))";

  private Evaluate() {}

  /**
   * Computes the figures in SQL.
   *
   * @param scores rows of 3-scores
   * @param ks values of k, each at least 1
   */
  public static EvaluationFigures figures(Dataset<Row> scores, List<Integer> ks) {
    Dataset<Row> examples =
        scores
            .where("reward is not null")
            .groupBy("example_id")
            .agg(
                expr("sort_array(collect_list(struct(sample, extracted, reward, log_w)))")
                    .as("samples"))
            .selectExpr(
                "example_id",
                "samples",
                "size(samples) as n",
                "cast(aggregate(samples, 0D, (sum, s) -> sum + s.reward) as int) as c",
                "array_max(samples.log_w) as log_max")
            .withColumn("log_p_hat", expr(LOG_MEAN_EXP))
            // One sorted partition: the order of float additions must not depend on the cluster.
            .repartition(1)
            .sortWithinPartitions("example_id");
    List<Column> columns = new ArrayList<>();
    columns.add(expr("avg(n)").as("samples"));
    columns.add(expr("avg(c / n)").as("pass_at_1"));
    columns.add(expr("avg(log_p_hat)").as("log_p_hat"));
    for (int k : ks) {
      columns.add(expr("avg(" + passAt(k) + ")").as("pass_" + k));
      columns.add(expr("avg(" + majorityIsCorrect(k) + ")").as("maj_" + k));
    }
    Row row = examples.agg(expr("count(1)").as("examples"), columns.toArray(new Column[0])).first();
    TreeMap<Integer, Double> passAtK = new TreeMap<>();
    TreeMap<Integer, Double> majAtK = new TreeMap<>();
    for (int k : ks) {
      passAtK.put(k, number(row, "pass_" + k));
      majAtK.put(k, number(row, "maj_" + k));
    }
    return new EvaluationFigures(
        row.getAs("examples"),
        number(row, "samples"),
        number(row, "pass_at_1"),
        passAtK,
        majAtK,
        number(row, "log_p_hat"));
  }

  // 1 − Π (n−c−i)/(n−i) for i < k; the product meets 0 exactly when fewer than k are wrong.
  private static String passAt(int k) {
    return "if(n < %1$d, double('NaN'), 1 - aggregate(sequence(0, %1$d - 1), 1D, (p, i) -> p * greatest(n - c - i, 0) / (n - i)))"
        .formatted(k);
  }

  private static String majorityIsCorrect(int k) {
    return """
        aggregate(
          transform(slice(filter(samples, s -> s.sample < %1$d and s.extracted is not null), 1, %1$d),
            s -> named_struct(
              'votes', size(filter(samples, t -> t.sample < %1$d and t.extracted = s.extracted)),
              'reward', s.reward)),
          named_struct('votes', 0, 'reward', 0D),
          (best, s) -> if(s.votes > best.votes, s, best)).reward"""
        .formatted(k);
  }

  private static double number(Row row, String column) {
    Double value = row.getAs(column);
    return value == null ? Double.NaN : value;
  }
}
