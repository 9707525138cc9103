package dev.kindling.command;

import dev.kindling.report.Arm;
import dev.kindling.report.RunReader;
import dev.kindling.row.MetricsRow;
import dev.kindling.run.Progress;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a report up to date while the steps of a run are committed: it is there before the first,
 * and as new as a reader would load it again, but takes no more than a small share of the run's
 * time. A page that cannot be written is told of once; the run goes on.
 */
final class LiveReport {
  private static final Logger LOG = LoggerFactory.getLogger(LiveReport.class);
  private static final Duration EVERY = Duration.ofSeconds(5);

  // Of the time that the last page took.
  private static final int PAUSE = 10;

  private final Page page;
  private final RunReader reader;
  private long next;
  private boolean hasFailed;

  /** Writes the page of an arm as it stands. */
  interface Page {
    void write(Arm arm) throws IOException;
  }

  private LiveReport(RunReader reader, Page page) {
    this.page = page;
    this.reader = reader;
  }

  /**
   * Writes the page now, and then as the work commits steps.
   *
   * @param progress tells of the steps
   * @param reader of the run
   */
  static void during(Progress progress, RunReader reader, Page page, Told.Work work)
      throws Exception {
    LiveReport report = new LiveReport(reader, page);
    report.write();
    progress.listen(report::committed);
    try {
      work.run();
    } finally {
      progress.listenNoMore();
    }
  }

  private void committed(MetricsRow row) {
    reader.committed(row);
    if (System.nanoTime() - next > 0) {
      write();
    }
  }

  private void write() {
    long started = System.nanoTime();
    try {
      page.write(reader.arm());
      hasFailed = false;
    } catch (Exception failure) {
      // Spark throws checked exceptions that it does not declare, of tables that are damaged.
      if (!hasFailed) {
        LOG.warn("Cannot write the report: {} (the run goes on)", failure.getMessage());
      }
      hasFailed = true;
    }
    long took = System.nanoTime() - started;
    next = started + Math.max(EVERY.toNanos(), PAUSE * took);
  }
}
