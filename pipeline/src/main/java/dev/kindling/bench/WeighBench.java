package dev.kindling.bench;

import dev.kindling.check.Check;
import dev.kindling.objective.Garl;
import dev.kindling.objective.Objective;
import dev.kindling.objective.QSchedule;
import dev.kindling.objective.Success;
import dev.kindling.report.TextTable;
import dev.kindling.row.Table;
import dev.kindling.stage.weigh.CompiledSql;
import dev.kindling.stage.weigh.Weigh;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The coefficients of many samples, from Parquet to Parquet: GARL at q = 0.75, 32 samples an
 * example, beside the same work in DuckDB where its JDBC driver is on the class path.
 */
public final class WeighBench {
  private static final int SAMPLES = 32;
  private static final String DRIVER = "org.duckdb.DuckDBDriver";

  private final SparkSession spark;
  private final Path folder;
  private final long rows;
  private final int repeats;

  /**
   * A bench that has generated nothing yet.
   *
   * @param folder where tables go; local, since DuckDB reads them too; the caller removes it
   * @param rows samples, a multiple of 32, at least 32
   * @param repeats runs that count, at least 1; one more before them does not
   */
  public WeighBench(SparkSession spark, Path folder, long rows, int repeats) {
    new Check()
        .that(rows >= SAMPLES && rows % SAMPLES == 0, "--rows", rows, "must be a multiple of 32")
        .done();
    this.spark = spark;
    this.folder = folder;
    this.rows = rows;
    this.repeats = repeats;
  }

  /**
   * The table of both, or of the stage alone. The processor time is this process's: with executors
   * of their own, the driver's alone.
   */
  public String table() throws IOException {
    generate();
    List<Run> stage = runs(this::stage);
    double seconds = wall(stage).median();
    List<List<String>> lines = new ArrayList<>();
    lines.add(line("weigh", stage, seconds));
    if (DriverManager.drivers().anyMatch(each -> each.getClass().getName().equals(DRIVER))) {
      lines.add(line("DuckDB", duckDb(), seconds));
    } else {
      lines.add(
          List.of("DuckDB: needs --packages org.duckdb:duckdb_jdbc:VERSION", "", "", "", "", ""));
    }
    return TextTable.of(
        List.of("%d samples".formatted(rows), "s", "±", "CPU s", "samples/s", "weigh takes"),
        lines);
  }

  /** What one run took. */
  private record Run(double seconds, double cpuSeconds) {}

  /** Something that is timed. */
  private interface Work {
    void run() throws IOException, SQLException;
  }

  private List<Run> runs(Work work) throws IOException {
    List<Run> runs = new ArrayList<>();
    for (int run = 0; run <= repeats; run++) {
      double cpuBefore = cpuSeconds();
      long started = System.nanoTime();
      try {
        work.run();
      } catch (SQLException e) {
        throw new IllegalStateException("DuckDB cannot weigh " + path("scores"), e);
      }
      if (run > 0) {
        runs.add(new Run((System.nanoTime() - started) / 1e9, cpuSeconds() - cpuBefore));
      }
    }
    return runs;
  }

  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  private static Spread wall(List<Run> runs) {
    return Spread.of(runs.stream().map(Run::seconds).toList());
  }

  private List<String> line(String name, List<Run> runs, double stage) {
    Spread wall = wall(runs);
    double cpu = Spread.of(runs.stream().map(Run::cpuSeconds).toList()).median();
    return List.of(
        name,
        String.format(Locale.ROOT, "%.2f", wall.median()),
        String.format(Locale.ROOT, "%.0f %%", 100 * wall.noise()),
        String.format(Locale.ROOT, "%.2f", cpu),
        String.format(Locale.ROOT, "%.3g M", rows / wall.median() / 1e6),
        String.format(Locale.ROOT, "%.2f times as long", stage / wall.median()));
  }

  private String path(String name) {
    return new Path(folder, name).toString();
  }

  private void generate() throws IOException {
    Table.SCORES.write(
        0,
        spark
            .range(0, rows, 1, spark.sparkContext().defaultParallelism())
            .selectExpr(
                "concat('example-', lpad(CAST(id div %d AS STRING), 7, '0')) AS example_id"
                    .formatted(SAMPLES),
                "CAST(id %% %d AS INT) AS sample".formatted(SAMPLES),
                "'' AS prompt",
                "'' AS rationale",
                "CAST(xxhash64(id, 1) % 1000 AS STRING) AS answer",
                "CAST(NULL AS STRING) AS extracted",
                "CASE WHEN pmod(xxhash64(id, 2), 5) = 0 THEN 'CORRECT' ELSE 'WRONG' END AS verdict",
                "CASE WHEN pmod(xxhash64(id, 2), 5) = 0 THEN 1E0 ELSE 0E0 END AS reward",
                // Each example has a range of its own, down to e^-230.
                "-pmod(xxhash64(id, 3), 1000000007) / 1000000007E0 * pmod(xxhash64(id div %d, 4), 230)"
                        .formatted(SAMPLES)
                    + " AS log_w",
                "8 AS tokens",
                "CAST(NULL AS STRING) AS reason",
                "1E0 AS verifier_millis"),
        path("scores"));
  }

  private void stage() throws IOException {
    Objective garl =
        Objective.of(new Garl(Success.LIKELIHOOD, QSchedule.constant(0.75), true, true, 0));
    Dataset<Row> scores = Table.SCORES.read(spark, path("scores"));
    long examples =
        CompiledSql.writing(
            scores, () -> Table.WEIGHTS.write(1, Weigh.weigh(scores, garl, 1, 1), path("weights")));
    if (examples != rows / SAMPLES) {
      throw new IllegalStateException(
          "%d examples were weighed (must be %d)".formatted(examples, rows / SAMPLES));
    }
  }

  private List<Run> duckDb() throws IOException {
    try (InputStream text = WeighBench.class.getResourceAsStream("weigh.duckdb.sql");
        Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      String query =
          new String(text.readAllBytes(), StandardCharsets.UTF_8)
              .replace("${scores}", local("scores"))
              .replace("${weights}", local("weights-duckdb.parquet"));
      statement.execute("SET threads = " + spark.sparkContext().defaultParallelism());
      // Its rows need no order either; with one, a single thread writes them.
      statement.execute("SET preserve_insertion_order = false");
      return runs(() -> statement.execute(query));
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot open DuckDB", e);
    }
  }

  private String local(String name) {
    return new Path(folder, name).toUri().getPath().replace("'", "''");
  }
}
