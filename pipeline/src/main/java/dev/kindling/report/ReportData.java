package dev.kindling.report;

import dev.kindling.check.Check;
import java.util.List;

/**
 * Everything that a report shows. Text is plain text; the page escapes it.
 *
 * @param title heading of the page
 * @param finding what the runs show, in one sentence; may be empty
 * @param arms the runs, at least one, in the order of their colours
 * @param version Kindling's version
 * @param date when the report was made, as the reader shall see it
 * @param isLive whether it will be written again, so that a browser shall load it anew
 */
public record ReportData(
    String title, String finding, List<Arm> arms, String version, String date, boolean isLive) {
  /** Checks that there is something to report. */
  public ReportData {
    arms = List.copyOf(arms);
    new Check().that(!arms.isEmpty(), "report", arms, "must have at least one run").done();
  }
}
