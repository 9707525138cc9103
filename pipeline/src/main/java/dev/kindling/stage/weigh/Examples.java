package dev.kindling.stage.weigh;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.objective.SqlColumn;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** One row an example, with columns of its own and columns of its samples. */
final class Examples {
  private static final String[] EXAMPLE_KEY = {"example_id"};

  private final Dataset<Row> rows;
  private final SampleLayout layout;
  private final Set<String> ofSamples;

  private Examples(Dataset<Row> rows, SampleLayout layout, Set<String> ofSamples) {
    this.rows = rows;
    this.layout = layout;
    this.ofSamples = ofSamples;
  }

  /**
   * The examples of some scores, see {@link SampleLayout#group}. The rows of a partition are in the
   * order of {@code example_id}.
   *
   * @param values columns of the scores that are kept for each sample, besides its number
   */
  static Examples of(
      Dataset<Row> scores, SampleLayout layout, List<String> values, List<Column> aggregates) {
    return new Examples(
        layout.group(scores, values, aggregates).sortWithinPartitions("example_id"),
        layout,
        Stream.concat(Stream.of("sample"), values.stream()).collect(Collectors.toSet()));
  }

  /** These examples with further columns, each of which may use those before it. */
  Examples with(List<SqlColumn> columns) {
    // Every projection is analysed as it is added, so that columns go in together where they can.
    Map<String, Column> together = new LinkedHashMap<>();
    Set<String> waiting = new LinkedHashSet<>();
    Set<String> samples = new LinkedHashSet<>(ofSamples);
    Set<String> names = new LinkedHashSet<>(List.of(rows.columns()));
    names.addAll(ofSamples);
    Dataset<Row> result = rows;
    for (SqlColumn column : columns) {
      SampleSql value = SampleSql.of(column.expression(), samples, names);
      if (waiting.contains(column.name()) || value.names().anyMatch(waiting::contains)) {
        result = result.withColumns(together);
        together.clear();
        waiting.clear();
      }
      boolean isPlain = column.fold() == SqlColumn.Fold.NONE && !value.isOfSamples();
      Map<String, String> added =
          isPlain
              ? Map.of(column.name(), column.expression())
              : layout.columns(column.name(), column.fold(), value);
      added.forEach((name, expression) -> together.put(name, expr(expression)));
      waiting.add(column.name());
      names.add(column.name());
      if (isOfSamples(column.fold(), value)) {
        samples.add(column.name());
      } else {
        samples.remove(column.name());
      }
    }
    return new Examples(result.withColumns(together), layout, samples);
  }

  private static boolean isOfSamples(SqlColumn.Fold fold, SampleSql value) {
    return switch (fold) {
      case NONE -> value.isOfSamples();
      case SUM, MIN, MAX -> false;
      case SUM_BEFORE -> true;
    };
  }

  /** These examples with the columns of those rows that have their {@code example_id}, or nulls. */
  Examples join(Dataset<Row> others) {
    return new Examples(rows.join(others, EXAMPLE_KEY, "left"), layout, ofSamples);
  }

  /**
   * The rows, in which some columns are arrays with one entry for each sample that is evidence, in
   * ascending order, also where all samples have the same value.
   */
  Dataset<Row> rows(List<String> columns) {
    Map<String, Column> arrays = new LinkedHashMap<>();
    for (String name : columns) {
      arrays.put(name, expr(layout.array(SampleSql.of(name, ofSamples, Set.of(name)))));
    }
    return rows.withColumns(arrays);
  }
}
