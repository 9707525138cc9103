package dev.kindling.stage;

import dev.kindling.row.EvaluationRow;
import dev.kindling.row.Records;
import dev.kindling.row.RowCodec;
import dev.kindling.row.Table;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The figures of examples → rows of 9-evaluations: means with intervals, by level. */
public final class Evaluate {
  private Evaluate() {}

  /**
   * What an evaluation is of.
   *
   * @param step step that made the policy
   * @param set name of the evaluation set
   * @param metrics figures, in the order of {@link ExampleFigures#values}
   * @param seed of the intervals
   */
  public record Subject(long step, String set, List<String> metrics, long seed)
      implements Serializable {
    /** Keeps its own copy of the metrics. */
    public Subject {
      metrics = List.copyOf(metrics);
    }
  }

  /**
   * Means over all examples and, where examples have levels, over those of each.
   *
   * @param examples rows of {@link ExampleFigures}
   */
  public static List<EvaluationRow> figures(Dataset<Row> examples, Subject subject) {
    RowCodec<EvaluationRow> output = Table.EVALUATIONS.codec();
    JavaRDD<Row> rows =
        // One sorted partition: sums and draws must not depend on the cluster.
        Records.of(examples.repartition(1).sortWithinPartitions("example_id"), ExampleFigures.CODEC)
            .mapPartitions(
                of -> {
                  List<ExampleFigures> all = new ArrayList<>();
                  of.forEachRemaining(all::add);
                  return figures(all, subject).stream().map(output::toRow).iterator();
                });
    return Table.EVALUATIONS.collect(
        examples.sparkSession().createDataFrame(rows, output.schema()));
  }

  /** The same of examples in their fixed order. */
  static List<EvaluationRow> figures(List<ExampleFigures> examples, Subject subject) {
    List<EvaluationRow> rows = new ArrayList<>(figures("", examples, subject));
    SortedMap<String, List<ExampleFigures>> levels = new TreeMap<>();
    for (ExampleFigures example : examples) {
      levels.computeIfAbsent(example.level(), level -> new ArrayList<>()).add(example);
    }
    levels.remove("");
    levels.forEach((level, some) -> rows.addAll(figures(level, some, subject)));
    return rows;
  }

  private static List<EvaluationRow> figures(
      String level, List<ExampleFigures> examples, Subject subject) {
    List<String> metrics = subject.metrics();
    Bootstrap.Interval[] intervals =
        Bootstrap.of(
            examples.stream().map(ExampleFigures::values).toList(), metrics.size(), subject.seed());
    double samples =
        examples.stream().mapToInt(ExampleFigures::samples).average().orElse(Double.NaN);
    List<EvaluationRow> rows = new ArrayList<>();
    for (int i = 0; i < intervals.length; i++) {
      Metric metric = Metric.of(metrics.get(i));
      rows.add(
          new EvaluationRow(
              subject.step(),
              subject.set(),
              level,
              metric.name(),
              metric.k(),
              orNull(intervals[i].mean()),
              orNull(intervals[i].low()),
              orNull(intervals[i].high()),
              intervals[i].examples(),
              orNull(samples)));
    }
    return rows;
  }

  private static Double orNull(double value) {
    return Double.isNaN(value) ? null : (Double) value;
  }
}
