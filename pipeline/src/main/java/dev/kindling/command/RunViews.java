package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.io.RunFolder;
import dev.kindling.row.Table;
import dev.kindling.run.RunStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The tables of a run's committed steps as views, each over all steps and rounds. A folder of the
 * form {@code step=12} would tell the step to some readers only, and no reader what is committed.
 *
 * @param folder the run's
 * @param last the last committed step, behind which no row is shown
 * @param prefix what the names begin with
 */
record RunViews(RunFolder folder, long last, String prefix) {
  private static final String SPECIAL_IN_A_PATTERN = ".*[*?\\[\\]{}`\\\\].*";

  /**
   * A view.
   *
   * @param name without prefix, for example {@code rollouts}
   * @param table what it is of
   * @param patterns where its files' folders lie, below the run folder
   */
  private record View(String name, Table<?> table, List<String> patterns) {}

  /** The views' prefix of a run's name: lower-case letters, digits and underlines. */
  static String prefix(String run) {
    return "kindling_" + run.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
  }

  /**
   * Creates or replaces the views in the session's current database.
   *
   * @return name and table of each
   * @throws InvalidInputException when a view of the name is of another run, or the path of this
   *     one cannot stand in SQL
   */
  List<List<String>> create(SparkSession spark) throws IOException {
    String root = folder.root().toString();
    if (root.matches(SPECIAL_IN_A_PATTERN)) {
      throw new InvalidInputException(
          "Invalid run folder: " + root + " (must have none of *?[]{}`\\ to be named in SQL)");
    }
    List<View> views = views();
    for (View view : views) {
      requireOwn(spark, prefix + "_" + view.name(), root);
    }
    List<List<String>> created = new ArrayList<>();
    for (View view : views) {
      String name = prefix + "_" + view.name();
      spark.sql(
          "CREATE OR REPLACE VIEW %s AS SELECT * FROM parquet.`%s/%s` WHERE step <= %d"
              .formatted(name, root, pattern(view), last));
      created.add(List.of(name, view.table().name()));
    }
    return created;
  }

  /** The same for DuckDB, a statement each. */
  List<String> duckdb() throws IOException {
    return views().stream()
        .map(
            view ->
                "CREATE OR REPLACE VIEW %s AS FROM read_parquet([%s]) WHERE step <= %d;"
                    .formatted(view.name(), quoted(view, "''"), last))
        .toList();
  }

  /** The same for Polars, a statement each. */
  List<String> polars() throws IOException {
    return views().stream()
        .map(
            view ->
                "%s = pl.scan_parquet([%s]).filter(pl.col('step') <= %d)"
                    .formatted(view.name(), quoted(view, "\\'"), last))
        .toList();
  }

  /** The files of a view as a list of texts in which a quote is written so. */
  private String quoted(View view, String quote) {
    String root = local();
    return view.patterns().stream()
        .map(pattern -> "'" + root.replace("'", quote) + "/" + pattern + "/*.parquet'")
        .reduce((a, b) -> a + ", " + b)
        .orElseThrow();
  }

  /** The folder as readers without Hadoop name it. */
  private String local() {
    Path root = folder.root();
    return "file".equals(root.toUri().getScheme()) ? root.toUri().getPath() : root.toString();
  }

  private static String pattern(View view) {
    return view.patterns().size() == 1
        ? view.patterns().get(0)
        : "{" + String.join(",", view.patterns()) + "}";
  }

  private List<View> views() throws IOException {
    List<View> views = new ArrayList<>();
    for (Table<?> table : Table.all()) {
      List<String> patterns = new ArrayList<>();
      for (String place : places(table)) {
        FileStatus[] found = folder.fileSystem().globStatus(new Path(folder.root(), place));
        if (found != null && found.length > 0) {
          patterns.add(place);
        }
      }
      if (!patterns.isEmpty()) {
        String view = table.name().replaceFirst("^[0-9]-", "").replace('-', '_');
        views.add(new View(view, table, patterns));
      }
    }
    return views;
  }

  private static List<String> places(Table<?> table) {
    if (table == Table.LEFT_OUT) {
      return List.of(RunStart.ALL_PROMPTS + "-left-out");
    }
    if (table == Table.PROFILE) {
      return List.of(table.name());
    }
    if (table == Table.METRICS) {
      return List.of("metrics/step-*");
    }
    if (table == Table.EVALUATIONS) {
      return List.of("evaluations/step-*/" + table.name());
    }
    return table.isOfRound()
        ? List.of("step-*/" + table.name(), "step-*/refill-*/" + table.name())
        : List.of("step-*/" + table.name());
  }

  private static void requireOwn(SparkSession spark, String name, String root) {
    if (spark.catalog().tableExists(name)) {
      String made = spark.sql("SHOW CREATE TABLE " + name).head().getString(0);
      if (!made.contains("parquet.`" + root + "/")) {
        throw new InvalidInputException(
            "Invalid view %s: it is there and not of run %s (give --prefix another name)"
                .formatted(name, root));
      }
    }
  }
}
