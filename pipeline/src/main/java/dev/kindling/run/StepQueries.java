package dev.kindling.run;

import dev.kindling.row.HeldQuery;
import dev.kindling.row.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Queries over tables of the open step, each the same in every step. Where the driver holds the
 * rows of these tables a query is planned once in the run, else anew in each step, over the files.
 */
final class StepQueries {
  private final SparkSession spark;
  private final StepTables tables;
  private final Map<String, HeldQuery> planned = new HashMap<>();

  StepQueries(SparkSession spark, StepTables tables) {
    this.spark = spark;
    this.tables = tables;
  }

  /** What is asked of some tables, given in their order. */
  interface Query extends Function<List<Dataset<Row>>, Dataset<Row>> {}

  /** Writes a table from others; gives the number of rows. */
  long write(StepTables.Open open, Table<?> table, List<Table<?>> sources, Query query)
      throws IOException {
    Query ordered = of -> table.ordered(query.apply(of));
    Optional<List<InternalRow[]>> rows = held(open, sources);
    Optional<HeldQuery> plan = rows.flatMap(any -> planned(table.name(), sources, ordered));
    return plan.isPresent()
        ? tables.write(open, 0, table, plan.get().rows(rows.get()))
        : tables.write(open, 0, table, query.apply(read(open, sources)));
  }

  /**
   * Collects a few rows.
   *
   * @param name of the query, unique in the run
   */
  List<Row> collect(StepTables.Open open, String name, List<Table<?>> sources, Query query)
      throws IOException {
    Optional<List<InternalRow[]>> rows = held(open, sources);
    Optional<HeldQuery> plan = rows.flatMap(any -> planned(name, sources, query));
    return plan.isPresent()
        ? plan.get().collect(rows.get())
        : query.apply(read(open, sources)).collectAsList();
  }

  private Optional<HeldQuery> planned(String name, List<Table<?>> sources, Query query) {
    return Optional.of(planned.computeIfAbsent(name, any -> new HeldQuery(spark, sources, query)))
        .filter(HeldQuery::isRepeatable);
  }

  private Optional<List<InternalRow[]>> held(StepTables.Open open, List<Table<?>> sources)
      throws IOException {
    List<InternalRow[]> rows = new ArrayList<>();
    for (Table<?> source : sources) {
      tables.held(open, source).ifPresent(rows::add);
    }
    return rows.size() == sources.size() ? Optional.of(rows) : Optional.empty();
  }

  private List<Dataset<Row>> read(StepTables.Open open, List<Table<?>> sources) throws IOException {
    List<Dataset<Row>> datasets = new ArrayList<>();
    for (Table<?> source : sources) {
      datasets.add(tables.read(open, open.step(), source));
    }
    return datasets;
  }
}
