package dev.kindling.track;

import dev.kindling.io.RunFolder;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The committed steps of a run, for those who send them at their own pace: the newest are held, the
 * others read from the run's tables.
 */
final class CommittedSteps {
  /** Steps that are held, and that are sent at once. */
  static final int MOST = 256;

  private final SparkSession spark;
  private final RunFolder folder;
  private final TreeMap<Long, Map<String, Number>> held = new TreeMap<>();
  private long last;
  private boolean haveEnded;

  /**
   * The steps of a run.
   *
   * @param last the newest that is committed
   */
  CommittedSteps(SparkSession spark, RunFolder folder, long last) {
    this.spark = spark;
    this.folder = folder;
    this.last = last;
  }

  synchronized void add(long step, Map<String, Number> figures) {
    held.put(step, figures);
    if (held.size() > MOST) {
      held.pollFirstEntry();
    }
    last = step;
    notifyAll();
  }

  /** Says that no more come from this driver. */
  synchronized void end() {
    haveEnded = true;
    notifyAll();
  }

  synchronized boolean haveEnded() {
    return haveEnded;
  }

  synchronized long last() {
    return last;
  }

  /** Waits for a step behind one, or for the end. */
  synchronized void awaitBehind(long step) throws InterruptedException {
    while (last <= step && !haveEnded) {
      wait();
    }
  }

  /** Waits for the end, but not longer. */
  synchronized void awaitEnd(Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    for (long left = longest.toMillis(); left > 0 && !haveEnded; ) {
      wait(left);
      left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    }
  }

  /** The next steps behind one, at most {@link #MOST} of them; none where it is the last. */
  List<StepFigures> behind(long step) throws IOException {
    TreeMap<Long, Map<String, Number>> found = new TreeMap<>();
    long end;
    synchronized (this) {
      end = Math.min(last, step + MOST);
      found.putAll(held.subMap(step, false, Math.max(step, end), true));
    }
    List<Long> missing = new ArrayList<>();
    for (long number = step + 1; number <= end; number++) {
      if (!found.containsKey(number)) {
        missing.add(number);
      }
    }
    if (!missing.isEmpty()) {
      found.putAll(read(missing));
    }
    List<StepFigures> steps = new ArrayList<>();
    for (Map.Entry<Long, Map<String, Number>> one : found.entrySet()) {
      // The same whenever it is sent.
      long time =
          folder.fileSystem().getFileStatus(folder.commit(one.getKey())).getModificationTime();
      steps.add(new StepFigures(one.getKey(), time, one.getValue()));
    }
    return steps;
  }

  private Map<Long, Map<String, Number>> read(List<Long> steps) throws IOException {
    List<EvaluationRow> evaluations = new ArrayList<>();
    Set<Long> evaluated = new HashSet<>(folder.evaluatedSteps());
    evaluated.retainAll(steps);
    if (!evaluated.isEmpty()) {
      evaluations.addAll(
          read(
              Table.EVALUATIONS,
              evaluated.stream()
                  .map(step -> new Path(folder.evaluation(step), Table.EVALUATIONS.name()))
                  .toList()));
    }
    Map<Long, Map<String, Number>> figures = new TreeMap<>();
    for (MetricsRow row : read(Table.METRICS, steps.stream().map(folder::metrics).toList())) {
      figures.put(
          row.step(),
          StepFigures.named(
              row, evaluations.stream().filter(figure -> figure.step() == row.step()).toList()));
    }
    return figures;
  }

  private <T extends Record> List<T> read(Table<T> table, List<Path> paths) {
    return table.collect(
        table.read(spark, paths.stream().map(Path::toString).toArray(String[]::new)));
  }
}
