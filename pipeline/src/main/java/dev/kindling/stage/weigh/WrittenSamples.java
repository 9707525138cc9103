package dev.kindling.stage.weigh;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.objective.SqlColumn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A column for each sample, at the place of its number, null where there is no evidence, and
 * expressions written out for each place. They are compiled, and an example's samples meet in a
 * hash aggregate of numbers alone; but the plan grows with the number of samples.
 *
 * @param width one more than the largest sample, at most {@link #MOST}
 */
record WrittenSamples(int width) implements SampleLayout {
  /** As many samples as a long has bits, which say which of them were met. */
  static final int MOST = 64;

  @Override
  public Dataset<Row> group(Dataset<Row> scores, List<String> values, List<Column> aggregates) {
    List<Column> columns = new ArrayList<>(aggregates);
    columns.add(expr("count(1) AS scores"));
    columns.add(expr("bit_count(bit_or(shiftleft(1L, sample))) AS numbers"));
    for (String name : values) {
      for (int i = 0; i < width; i++) {
        columns.add(
            expr("max(%s) FILTER (WHERE sample = %d) AS %s".formatted(name, i, place(name, i))));
      }
    }
    return scores
        .groupBy("example_id")
        .agg(columns.get(0), columns.subList(1, columns.size()).toArray(Column[]::new))
        .withColumn("rollouts", SampleLayout.checked("numbers < scores"));
  }

  @Override
  public Map<String, String> columns(String name, SqlColumn.Fold fold, SampleSql value) {
    return switch (fold) {
      case NONE -> places(name, i -> at(i, value));
      case SUM -> Map.of(name, "CASE WHEN rollouts > 0 THEN " + sumBefore(width, value) + " END");
      case MIN -> Map.of(name, "array_min(" + evidence(value) + ")");
      case MAX -> Map.of(name, "array_max(" + evidence(value) + ")");
      case SUM_BEFORE -> places(name, i -> sumBefore(i, value));
    };
  }

  @Override
  public String array(SampleSql value) {
    return "CASE WHEN rollouts = %d THEN %s ELSE filter(%s, one -> one IS NOT NULL) END"
        .formatted(width, array(i -> at(i, value)), evidence(value));
  }

  private String evidence(SampleSql value) {
    return array(i -> ifEvidence(i, at(i, value)));
  }

  private String array(IntFunction<String> entry) {
    return IntStream.range(0, width)
        .mapToObj(entry)
        .collect(Collectors.joining(", ", "array(", ")"));
  }

  private Map<String, String> places(String name, IntFunction<String> expression) {
    Map<String, String> places = new LinkedHashMap<>();
    for (int i = 0; i < width; i++) {
      places.put(place(name, i), expression.apply(i));
    }
    return places;
  }

  private static String place(String name, int i) {
    return name + "_" + i;
  }

  private static String at(int i, SampleSql value) {
    return value.with(name -> name.equals("sample") ? String.valueOf(i) : place(name, i));
  }

  private static String ifEvidence(int i, String value) {
    return "CASE WHEN %s IS NOT NULL THEN %s END".formatted(place("log_w", i), value);
  }

  private static String sumBefore(int end, SampleSql value) {
    return IntStream.range(0, end)
        .mapToObj(i -> " + coalesce(" + ifEvidence(i, at(i, value)) + ", 0E0)")
        .collect(Collectors.joining("", "0E0", ""));
  }
}
