package dev.kindling.stage;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.objective.SqlColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Samples at the places of their numbers, null where there is no evidence, and expressions written
 * out for each place. They are compiled, and an example's samples meet in a hash aggregate of
 * numbers alone; but the plan grows with the number of samples.
 *
 * @param width one more than the largest sample, at most {@link #MOST}
 */
record WrittenSamples(int width) implements SampleLayout {
  /** As many samples as a long has bits, which say which of them were met. */
  static final int MOST = 64;

  @Override
  public Dataset<Row> group(Dataset<Row> scores, List<Column> aggregates) {
    List<Column> columns = new ArrayList<>(aggregates);
    columns.add(expr("count(1) AS scores"));
    columns.add(expr("bit_count(bit_or(shiftleft(1L, sample))) AS numbers"));
    for (String name : List.of("log_w", "reward")) {
      columns.add(
          expr(array(i -> "max(%s) FILTER (WHERE sample = %d)".formatted(name, i))).as(name));
    }
    return scores
        .groupBy("example_id")
        .agg(columns.get(0), columns.subList(1, columns.size()).toArray(Column[]::new))
        .withColumn("rollouts", SampleLayout.checked("numbers < scores"))
        .withColumn("sample", expr(array(String::valueOf)));
  }

  @Override
  public String each(SampleSql value) {
    return value.isColumn() ? value.text() : array(i -> at(i, value));
  }

  @Override
  public String fold(SqlColumn.Fold fold, SampleSql value) {
    return switch (fold) {
      case NONE -> each(value);
      case SUM -> "CASE WHEN rollouts > 0 THEN " + sumBefore(width, value) + " END";
      case MIN -> "array_min(" + array(i -> ifEvidence(i, at(i, value))) + ")";
      case MAX -> "array_max(" + array(i -> ifEvidence(i, at(i, value))) + ")";
      case SUM_BEFORE -> array(i -> sumBefore(i, value));
    };
  }

  @Override
  public String exact(String column) {
    return "CASE WHEN rollouts = %d THEN %s ELSE array_compact(%s) END"
        .formatted(width, column, array(i -> ifEvidence(i, "get(" + column + ", " + i + ")")));
  }

  private String array(IntFunction<String> entry) {
    return IntStream.range(0, width)
        .mapToObj(entry)
        .collect(Collectors.joining(", ", "array(", ")"));
  }

  private static String at(int place, SampleSql value) {
    return value.with(column -> "get(" + column + ", " + place + ")");
  }

  private static String ifEvidence(int place, String value) {
    return "CASE WHEN get(log_w, %d) IS NOT NULL THEN %s END".formatted(place, value);
  }

  private static String sumBefore(int end, SampleSql value) {
    return IntStream.range(0, end)
        .mapToObj(i -> " + coalesce(" + ifEvidence(i, at(i, value)) + ", 0E0)")
        .collect(Collectors.joining("", "0E0", ""));
  }
}
