package dev.kindling.report;

import dev.kindling.check.InvalidInputException;
import dev.kindling.io.Manifest;
import dev.kindling.io.RunFolder;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads from a run's tables what its report shows. What it has read of a step it keeps, so that a
 * report of a run that goes on costs what is new. What has no commit does not count.
 */
public final class RunReader implements AutoCloseable {
  private final SparkSession spark;
  private final RunFolder run;
  private final String highlights;
  private final Pieces pieces;
  private final RolloutReader rollouts;
  private final TreeMap<Long, MetricsRow> metrics = new TreeMap<>();
  private final TreeMap<Long, List<EvaluationRow>> evaluations = new TreeMap<>();

  /**
   * Reads the metrics of the steps that are committed.
   *
   * @param run its name becomes the arm's
   * @param highlights see {@link Arm}
   * @throws IOException when the run folder cannot be read
   */
  public RunReader(SparkSession spark, RunFolder run, String highlights) throws IOException {
    this.spark = spark;
    this.run = run;
    this.highlights = highlights;
    List<Long> steps = run.committedSteps();
    long last = steps.isEmpty() ? -1 : steps.get(steps.size() - 1);
    List<Path> paths = run.allMetrics();
    if (!paths.isEmpty()) {
      metrics(Table.METRICS.read(spark, texts(paths))).stream()
          .filter(row -> row.step() <= last)
          .forEach(this::committed);
    }
    this.pieces = Pieces.of(run);
    this.rollouts = new RolloutReader(spark, run, pieces);
  }

  /** Takes in a step that was committed since. */
  public void committed(MetricsRow row) {
    metrics.put(row.step(), row);
  }

  /**
   * The run as it stands.
   *
   * @throws IOException when the run folder cannot be read
   */
  public Arm arm() throws IOException {
    long last = metrics.isEmpty() ? 0 : metrics.lastKey();
    readEvaluations(last);
    return new Arm(
        run.root().getName(),
        highlights,
        List.copyOf(metrics.values()),
        evaluations.values().stream().flatMap(List::stream).toList(),
        rollouts.upTo(last),
        run.readConfig());
  }

  private void readEvaluations(long last) throws IOException {
    List<Path> tables = new ArrayList<>();
    for (long step : run.evaluatedSteps()) {
      Path table = new Path(run.evaluation(step), Table.EVALUATIONS.name());
      // That of step 0 is made during step 1.
      if (step <= last && last > 0 && !evaluations.containsKey(step) && isWhole(run, table)) {
        tables.add(table);
      }
    }
    if (tables.isEmpty()) {
      return;
    }
    for (EvaluationRow row :
        Table.EVALUATIONS.collect(Table.EVALUATIONS.read(spark, texts(tables)))) {
      evaluations.computeIfAbsent(row.step(), step -> new ArrayList<>()).add(row);
    }
  }

  /**
   * Whether a table is what was written. What is damaged is not shown; to refuse it is for those
   * who go on with the run, and its report must not keep them from doing so.
   */
  static boolean isWhole(RunFolder run, Path table) throws IOException {
    try {
      Manifest.held(run.fileSystem(), table);
      return true;
    } catch (InvalidInputException damaged) {
      return false;
    }
  }

  private static String[] texts(List<Path> paths) {
    return paths.stream().map(Path::toString).toArray(String[]::new);
  }

  /**
   * The metrics in ascending order of their steps.
   *
   * @param metrics table {@code 8-metrics} of all committed steps, in any order
   */
  static List<MetricsRow> metrics(Dataset<Row> metrics) {
    return Table.METRICS.collect(metrics).stream()
        .sorted(Comparator.comparingLong(MetricsRow::step))
        .toList();
  }

  @Override
  public void close() {
    pieces.close();
  }
}
