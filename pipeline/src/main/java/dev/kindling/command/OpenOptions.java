package dev.kindling.command;

import dev.kindling.check.Check;
import dev.kindling.run.Progress;
import dev.kindling.run.RunStart;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How a command opens a run that other drivers may hold, or may have computed elsewhere. */
final class OpenOptions {
  private static final long MOST_SECONDS = Duration.ofDays(7).toSeconds();

  @Option(
      names = "--wait-lock",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "Longest wait for another driver that holds the run, then exit code 4 (default:"
              + " ${DEFAULT-VALUE}).")
  private long seconds;

  @Option(
      names = "--other-tables",
      description = {
        "Go on although another engine computed the run's tables so far (the JVM, or a version",
        "of RAPIDS): from there on, numbers may differ in their last bits."
      })
  private boolean otherTables;

  /** The runs of this process. */
  RunStart runs(Progress progress) {
    new Check()
        .that(
            seconds >= 0 && seconds <= MOST_SECONDS,
            "--wait-lock",
            seconds,
            "must be in [0, " + MOST_SECONDS + "]")
        .done();
    return Sessions.runs(progress).opened(Duration.ofSeconds(seconds), otherTables);
  }
}
