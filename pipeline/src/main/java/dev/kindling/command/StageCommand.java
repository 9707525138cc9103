package dev.kindling.command;

import dev.kindling.io.UserPath;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.run.Stage;
import dev.kindling.stage.TorchProbe;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The stages behind {@code prepare} as commands of their own, for schedulers: each reads the tables
 * before it in the run folder's next step and writes its own, replacing what an interrupted try
 * left.
 */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
final class StageCommand implements Callable<Integer> {
  private final Stage stage;

  @Option(
      names = "--run",
      paramLabel = "FOLDER",
      required = true,
      description = "Run folder, for example runs/finqa.")
  private String folder;

  @Mixin private StepOptions step;
  @Mixin private OpenOptions opening;

  private StageCommand(Stage stage) {
    this.stage = stage;
  }

  /** The commands of all these stages, in their order. */
  static List<CommandLine> all() {
    return List.of(
        of(
            Stage.ROLLOUT,
            "Samples every prompt's group of the next step (1-prompts to 2-rollouts)."),
        of(Stage.SCORE, "Verifies every sampled answer of the next step (2-rollouts to 3-scores)."),
        of(
            Stage.REFILL,
            "Samples further prompts in place of those whose rewards are all equal (refill-01, ...).",
            "Does nothing unless objective.dynamic_sampling.max_rounds is above 1."),
        of(
            Stage.WEIGH,
            "Turns success estimates into coefficients, in SQL (3-scores to 4-weights)."),
        of(
            Stage.BATCH,
            "Lays out the training sequences of the next step (4-weights to 5-batches)."),
        of(
            Stage.STEP,
            "Runs the gradient step and commits (5-batches to 6-step and the checkpoint)."));
  }

  private static CommandLine of(Stage stage, String... description) {
    String name = stage.label();
    CommandLine command = new CommandLine(new StageCommand(stage));
    command
        .setCommandName(name)
        .getCommandSpec()
        .usageMessage()
        .description(description)
        .footer(
            "",
            "Examples:",
            "  ./submit.sh " + name + " --run runs/finqa",
            "  ./submit.sh " + name + " --run runs/finqa --step 12");
    return command;
  }

  @Override
  public Integer call() throws Exception {
    TorchProbe.requireGpus(Sessions.session(UserPath.of(folder).getName()));
    try (Progress progress = Progress.ofStages(Sessions.session());
        Run run = opening.runs(progress).open(folder)) {
      return Told.of(run, () -> step.run(run, progress, List.of(stage)));
    }
  }
}
