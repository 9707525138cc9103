package dev.kindling.stage.weigh;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.objective.SqlColumn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Samples that are evidence, one after the other, and expressions as functions of an entry. The
 * plan is short, of any number of samples, but functions over arrays are interpreted.
 */
record ListedSamples() implements SampleLayout {
  @Override
  public Dataset<Row> group(Dataset<Row> scores, List<String> values, List<Column> aggregates) {
    Map<String, Column> evidence = new LinkedHashMap<>();
    for (String name : listed(values)) {
      evidence.put(name, expr("evidence." + name));
    }
    List<Column> columns = new ArrayList<>(aggregates);
    columns.add(
        expr("sort_array(collect_list(struct(" + String.join(", ", listed(values)) + ")))")
            .as("listed"));
    return scores
        .groupBy("example_id")
        .agg(columns.get(0), columns.subList(1, columns.size()).toArray(Column[]::new))
        .withColumn("evidence", expr("filter(listed, one -> one.log_w IS NOT NULL)"))
        .withColumn(
            "rollouts", SampleLayout.checked("size(array_distinct(listed.sample)) < size(listed)"))
        .withColumns(evidence);
  }

  private static List<String> listed(List<String> values) {
    return Stream.concat(Stream.of("sample"), values.stream()).toList();
  }

  @Override
  public Map<String, String> columns(String name, SqlColumn.Fold fold, SampleSql value) {
    return Map.of(name, folded(fold, value));
  }

  @Override
  public String array(SampleSql value) {
    if (value.isColumn()) {
      return value.text();
    }
    if (!value.isOfSamples()) {
      return repeated(value.text());
    }
    // The function has all that it needs from its argument: the optimizer may move the definition
    // of a column that a function names into it, to be evaluated for every sample.
    String arguments =
        Stream.concat(
                value.ofSamples().stream(), value.ofExample().stream().map(ListedSamples::repeated))
            .collect(Collectors.joining(", "));
    int samples = value.ofSamples().size();
    String body =
        value.with(
            column -> "one." + column,
            column -> "one.`" + (samples + value.ofExample().indexOf(column)) + "`");
    return "transform(arrays_zip(" + arguments + "), one -> " + body + ")";
  }

  private String folded(SqlColumn.Fold fold, SampleSql value) {
    String values = array(value);
    return switch (fold) {
      case NONE -> values;
      case SUM -> "CASE WHEN rollouts > 0 THEN " + sum(values) + " END";
      case MIN -> "array_min(" + values + ")";
      case MAX -> "array_max(" + values + ")";
      case SUM_BEFORE ->
          // A fold that gathers its sums would be no sum to a planner that knows those alone.
          "CASE WHEN rollouts > 0 THEN transform(sequence(1, rollouts), place -> "
              + sum("slice(" + values + ", 1, place - 1)")
              + ") ELSE CAST(array() AS ARRAY<DOUBLE>) END";
    };
  }

  private static String sum(String values) {
    return "aggregate(" + values + ", 0E0, (sum, one) -> sum + coalesce(one, 0E0))";
  }

  private static String repeated(String value) {
    return "array_repeat(" + value + ", rollouts)";
  }
}
