package dev.kindling.command;

import dev.kindling.check.Check;
import dev.kindling.run.Progress;
import dev.kindling.run.RunStart;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a command waits for a run that another driver holds. */
final class LockOptions {
  private static final long MOST_SECONDS = Duration.ofDays(7).toSeconds();

  @Option(
      names = "--wait-lock",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "Longest wait for another driver that holds the run, then exit code 4 (default:"
              + " ${DEFAULT-VALUE}).")
  private long seconds;

  /** The runs of this process. */
  RunStart runs(Progress progress) {
    new Check()
        .that(
            seconds >= 0 && seconds <= MOST_SECONDS,
            "--wait-lock",
            seconds,
            "must be in [0, " + MOST_SECONDS + "]")
        .done();
    return Sessions.runs(progress).waiting(Duration.ofSeconds(seconds));
  }
}
