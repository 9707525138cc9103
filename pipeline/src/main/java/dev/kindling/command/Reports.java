package dev.kindling.command;

import dev.kindling.conf.ObjectiveConf;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.io.FileMistake;
import dev.kindling.report.Arm;
import dev.kindling.report.ReportData;
import dev.kindling.report.ReportPage;
import dev.kindling.report.RunReader;
import dev.kindling.row.MetricsRow;
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
  private static final int SAMPLED_ROLLOUTS = 10;

  private Reports() {}

  /** Writes the run's own page. */
  static void write(Run run) throws IOException {
    Arm arm = arm(run);
    String steps =
        "%d of %d steps are committed.".formatted(run.lastStep(), run.conf().run().steps());
    String finding = run.end().map(reason -> steps + " The run is " + reason + ".").orElse(steps);
    run.folder().writeReport(page("Run " + arm.name(), finding, List.of(arm)));
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

  /** A page of several arms. */
  static String page(String title, String finding, List<Arm> arms) {
    return ReportPage.render(
        new ReportData(
            title,
            finding,
            arms,
            Main.version(),
            LocalDate.now(ZoneId.systemDefault()).toString()));
  }

  /** What a page shows of one run. */
  static Arm arm(Run run) throws IOException {
    try (Tokenizer tokenizer = run.model().tokenizer().load()) {
      return RunReader.arm(
          run.spark(),
          run.folder(),
          highlights(run.conf().objective()),
          SAMPLED_ROLLOUTS,
          tokenizer::decode);
    }
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
