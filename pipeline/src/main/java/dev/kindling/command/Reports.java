package dev.kindling.command;

import dev.kindling.conf.ObjectiveConf;
import dev.kindling.io.FileMistake;
import dev.kindling.report.Arm;
import dev.kindling.report.ReportData;
import dev.kindling.report.ReportPage;
import dev.kindling.report.RunReader;
import dev.kindling.row.MetricsRow;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Makes report pages of run folders. */
final class Reports {
  private Reports() {}

  /** Writes the run's own page, of a run that nobody works on. */
  static void write(Run run) throws IOException {
    write(run, arm(run), false);
  }

  private static void write(Run run, Arm arm, boolean isLive) throws IOException {
    long steps = run.conf().run().steps();
    String finding =
        "%s: %s. %d of %d steps are committed.%s"
            .formatted(
                arm.highlights(),
                outcome(arm),
                arm.metrics().size(),
                steps,
                run.end().map(reason -> " The run is " + reason + ".").orElse(""));
    run.folder().writeReport(page("Run " + arm.name(), finding, List.of(arm), isLive));
  }

  /** Keeps the run's own page up to date while its steps are committed. */
  static void live(Run run, Progress progress, Told.Work work) throws Exception {
    try (RunReader reader = reader(run)) {
      LiveReport.during(progress, reader, arm -> write(run, arm, true), work);
    }
  }

  /** What came of a run so far, from its first to its last figure. */
  static String outcome(Arm arm) {
    List<MetricsRow> rows = arm.metrics();
    if (rows.isEmpty()) {
      return "no step is committed yet";
    }
    MetricsRow first = rows.get(0);
    MetricsRow last = rows.get(rows.size() - 1);
    String rate = arm.outcome();
    return first.logPHat() == null || last.logPHat() == null
        ? rate
        : String.format(
            Locale.ROOT, "%s, log P̂ from %.2f to %.2f", rate, first.logPHat(), last.logPHat());
  }

  /**
   * Writes what {@code --out} asked for.
   *
   * @throws dev.kindling.check.InvalidInputException naming the file, where it cannot be written
   */
  static void write(Path out, String text) throws IOException {
    try {
      Files.writeString(out, text);
    } catch (IOException e) {
      throw FileMistake.of("Cannot write " + out + " (--out): " + e.getMessage(), e);
    }
  }

  /**
   * A page of several arms.
   *
   * @param isLive whether it will be written again
   */
  static String page(String title, String finding, List<Arm> arms, boolean isLive) {
    return ReportPage.render(
        new ReportData(
            title,
            finding,
            arms,
            Main.version(),
            LocalDate.now(ZoneId.systemDefault()).toString(),
            isLive));
  }

  /** What a page shows of one run. */
  static Arm arm(Run run) throws IOException {
    try (RunReader reader = reader(run)) {
      return reader.arm();
    }
  }

  /** Reads what a page shows of one run, for the caller to close. */
  static RunReader reader(Run run) throws IOException {
    return new RunReader(run.spark(), run.folder(), highlights(run.conf().objective()));
  }

  private static String highlights(ObjectiveConf objective) {
    String name = objective.name().name().toLowerCase(Locale.ROOT);
    String q =
        switch (objective.name()) {
          case GARL, PAFT -> " q=" + objective.q();
          case REINFORCE, REINFORCE_PLUS_PLUS, RLOO, GRPO, MAXRL, SFT -> "";
        };
    return name + q + ", " + objective.success().settingName();
  }

  /** pass@1 of the run's last evaluation. */
  static OptionalDouble lastPassAt1(Arm arm) {
    return arm.metrics().stream()
        .filter(row -> row.evalPassAt1() != null)
        .mapToDouble(MetricsRow::evalPassAt1)
        .reduce((earlier, later) -> later);
  }
}
