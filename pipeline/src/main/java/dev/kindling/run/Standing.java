package dev.kindling.run;

import dev.kindling.conf.Configuration;
import dev.kindling.conf.EvaluationSet;
import dev.kindling.conf.RunConf;
import dev.kindling.io.RunFolder;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Where a run stands by its evaluations: which step is the best, and whether the run is over before
 * its last one. Both follow from the tables of committed steps alone, so a run that is resumed
 * decides as one that was not interrupted.
 */
final class Standing {
  private final Configuration conf;
  private final List<EvaluationRow> rows;

  /**
   * A step as one figure has it.
   *
   * @param value the figure; −∞ where nothing was evidence
   */
  private record Point(long step, double value) {}

  private Standing(Configuration conf, List<EvaluationRow> rows) {
    this.conf = conf;
    this.rows = rows;
  }

  /**
   * Reads what is needed of a run's evaluations: nothing, unless the settings ask for it.
   *
   * @param last newest committed step
   * @throws dev.kindling.check.InvalidInputException if a table is not what was written
   */
  static Standing of(SparkSession spark, RunFolder folder, Configuration conf, long last)
      throws IOException {
    boolean isAsked =
        conf.run().keepBest().metric().isPresent() || conf.run().stopWhen().metric().isPresent();
    List<String> paths = new ArrayList<>();
    for (long step : isAsked ? folder.evaluatedSteps() : List.<Long>of()) {
      // The policy that the run began with is not the run's work.
      if (step > 0 && step <= last) {
        Path table = new Path(folder.evaluation(step), Table.EVALUATIONS.name());
        StepTables.requireHeld(folder.fileSystem(), table);
        paths.add(table.toString());
      }
    }
    return new Standing(
        conf,
        paths.isEmpty()
            ? List.of()
            : Table.EVALUATIONS.collect(
                Table.EVALUATIONS.read(spark, paths.toArray(String[]::new)).where("level = ''")));
  }

  /** The best step by {@code run.keep_best}; empty where that is off or nothing was evaluated. */
  Optional<Long> best() {
    RunConf.KeepBest keep = conf.run().keepBest();
    return keep.metric().isEmpty()
        ? Optional.empty()
        : best(points(keep.set(), keep.metric().get())).map(Point::step);
  }

  /** Which checkpoint {@code run.keep_best} keeps, as a sentence. */
  Optional<String> bestSentence() {
    RunConf.KeepBest keep = conf.run().keepBest();
    return keep.metric().isEmpty()
        ? Optional.empty()
        : best(points(keep.set(), keep.metric().get()))
            .map(
                point ->
                    "The best %s of %s is %s, after step %d, whose checkpoint is kept"
                        .formatted(
                            keep.metric().get(), name(keep.set()), text(point), point.step()));
  }

  /** Why the run is over by {@code run.stop_when}; empty where it goes on. */
  Optional<String> end() {
    RunConf.StopWhen stop = conf.run().stopWhen();
    if (stop.metric().isEmpty()) {
      return Optional.empty();
    }
    List<Point> points = points(stop.set(), stop.metric().get());
    return best(points)
        .filter(best -> points.size() - 1 - points.indexOf(best) >= stop.patience())
        .filter(best -> points.get(points.size() - 1).step() < conf.run().steps())
        .map(
            best ->
                "complete after step %d of %d: %s of %s has not risen above the %s of step %d since (run.stop_when.patience is %d)"
                    .formatted(
                        points.get(points.size() - 1).step(),
                        conf.run().steps(),
                        stop.metric().get(),
                        name(stop.set()),
                        text(best),
                        best.step(),
                        stop.patience()));
  }

  /** The earliest of the highest. */
  private static Optional<Point> best(List<Point> points) {
    return points.stream().max(Comparator.comparingDouble(Point::value));
  }

  private List<Point> points(Optional<String> set, String metric) {
    EvaluationSet of = conf.evaluationSet(set);
    return rows.stream()
        .filter(row -> row.set().equals(of.name()) && row.name().equals(metric))
        .map(
            row ->
                new Point(row.step(), row.value() == null ? Double.NEGATIVE_INFINITY : row.value()))
        .sorted(Comparator.comparingLong(Point::step))
        .toList();
  }

  private String name(Optional<String> set) {
    return conf.evaluationSet(set).name();
  }

  private static String text(Point point) {
    return String.format(Locale.ROOT, "%.4f", point.value());
  }
}
