package dev.kindling.command;

import dev.kindling.report.Arm;
import dev.kindling.row.MetricsRow;
import dev.kindling.run.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps a report up to date while the steps of a run are committed: it is there before the first,
 * and as new as a reader would load it again.
 */
final class LiveReport {
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final Page page;
  private final Arm beginning;
  private final List<MetricsRow> rows;
  private long written;

  /** Writes the page of an arm as it stands, whose last rollouts are not looked for. */
  interface Page {
    void write(Arm arm) throws IOException;
  }

  private LiveReport(Arm beginning, Page page) {
    this.page = page;
    this.beginning = beginning;
    this.rows = new ArrayList<>(beginning.metrics());
  }

  /**
   * Writes the page now, and then as the work commits steps.
   *
   * @param progress tells of the steps
   * @param beginning the arm as it stands
   */
  static void during(Progress progress, Arm beginning, Page page, Told.Work work) throws Exception {
    LiveReport report = new LiveReport(beginning, page);
    report.write();
    progress.listen(report::committed);
    try {
      work.run();
    } finally {
      progress.listenNoMore();
    }
  }

  private void committed(MetricsRow row) {
    rows.add(row);
    if (System.nanoTime() - written > EVERY.toNanos()) {
      write();
    }
  }

  private void write() {
    written = System.nanoTime();
    try {
      page.write(
          new Arm(
              beginning.name(),
              beginning.highlights(),
              rows,
              beginning.evaluations(),
              beginning.samples(),
              beginning.configuration()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the report: " + e.getMessage(), e);
    }
  }
}
