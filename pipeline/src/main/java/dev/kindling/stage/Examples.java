package dev.kindling.stage;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.objective.SqlColumn;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** One row an example, in which a column of the samples is an array, and further columns. */
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
   */
  static Examples of(Dataset<Row> scores, SampleLayout layout, List<Column> aggregates) {
    return new Examples(
        layout.group(scores, aggregates).sortWithinPartitions("example_id"),
        layout,
        Set.of("sample", "log_w", "reward"));
  }

  /** These examples with further columns, each of which may use those before it. */
  Examples with(List<SqlColumn> columns) {
    // Every projection is analysed as it is added, so that columns go in together where they can.
    Map<String, Column> together = new LinkedHashMap<>();
    Set<String> samples = new LinkedHashSet<>(ofSamples);
    Set<String> names = new LinkedHashSet<>(List.of(rows.columns()));
    Dataset<Row> result = rows;
    for (SqlColumn column : columns) {
      SampleSql value = SampleSql.of(column.expression(), samples, names);
      if (together.containsKey(column.name()) || value.names().anyMatch(together::containsKey)) {
        result = result.withColumns(together);
        together.clear();
      }
      boolean isPlain = column.fold() == SqlColumn.Fold.NONE && !value.isOfSamples();
      together.put(
          column.name(), expr(isPlain ? column.expression() : layout.fold(column.fold(), value)));
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
   * The rows, in which some columns have one entry for each sample that is evidence, in ascending
   * order, also where all samples have the same value.
   */
  Dataset<Row> rows(List<String> columns) {
    Map<String, Column> arrays = new LinkedHashMap<>();
    Map<String, Column> exact = new LinkedHashMap<>();
    for (String name : columns) {
      if (!ofSamples.contains(name)) {
        arrays.put(name, expr(layout.each(SampleSql.of(name, ofSamples, Set.of(name)))));
      }
      exact.put(name, expr(layout.exact(name)));
    }
    return rows.withColumns(arrays).withColumns(exact);
  }
}
