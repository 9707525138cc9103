package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.report.Arm;
import dev.kindling.report.ArmTable;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code report}: one page for one run, or for several side by side. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes a self-contained HTML page: curves, sampled rollouts, settings.",
      "Several runs stand side by side as arms."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh report runs/finqa",
      "  ./submit.sh report runs/garl runs/grpo --out compare.html"
    })
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", arity = "1..*", description = "Run folders.")
  private List<String> folders = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write (default: report.html in the only run's folder).")
  private Path out;

  private static String sideBySide(List<Arm> arms) {
    return arms.stream()
        .map(arm -> arm.name() + ": " + Reports.outcome(arm))
        .collect(Collectors.joining("; ", "", "."));
  }

  @Override
  public Integer call() throws Exception {
    if (out == null && folders.size() > 1) {
      throw new InvalidInputException("Missing --out (several runs have no folder in common)");
    }
    SparkSession spark = Sessions.session();
    try (Progress progress = Progress.ofStages(spark)) {
      List<Arm> arms = new ArrayList<>();
      for (String folder : folders) {
        try (Run run = Sessions.runs(progress).view(folder)) {
          arms.add(Reports.arm(run));
          if (out == null) {
            Reports.write(run);
            progress.say("Report: " + run.folder().report());
          }
        }
      }
      if (out != null) {
        Reports.write(out, Reports.page("Runs side by side", sideBySide(arms), arms, false));
        progress.say("Report: " + out.toAbsolutePath());
      }
      progress.say(ArmTable.text(arms));
    }
    return 0;
  }
}
