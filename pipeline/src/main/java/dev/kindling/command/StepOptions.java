package dev.kindling.command;

import dev.kindling.run.Progress;
import dev.kindling.run.RepeatableStages;
import dev.kindling.run.Run;
import dev.kindling.run.Stage;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** Which step stages work on, and what becomes of what they have finished there. */
final class StepOptions {
  @Option(
      names = "--step",
      paramLabel = "N",
      description =
          "Step to work on, so that the command may be repeated: a committed step is left as it is,"
              + " and a stage that is finished is kept (default: the next step, made again).")
  private Long step;

  @Option(names = "--fresh", description = "With --step: make a finished stage again.")
  private boolean fresh;

  /** The step that was asked for; empty for the next one. */
  OptionalLong step() {
    return step == null ? OptionalLong.empty() : OptionalLong.of(step);
  }

  /** These options, for the command of a stage that follows. */
  String repeated() {
    return step == null ? "" : " --step " + step;
  }

  /**
   * Runs stages of the step.
   *
   * @return whether the step was not committed before
   */
  boolean run(Run run, Progress progress, List<Stage> stages) throws IOException {
    boolean wasOpen = new RepeatableStages(run, progress).run(stages, step(), fresh);
    run.end().map(reason -> "The run is " + reason).ifPresent(progress::say);
    return wasOpen;
  }
}
