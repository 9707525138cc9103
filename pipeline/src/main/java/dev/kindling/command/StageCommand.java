package dev.kindling.command;

import dev.kindling.run.Pipeline;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.stage.Measure;
import dev.kindling.stage.TorchProbe;
import java.io.IOException;
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
@Command(mixinStandardHelpOptions = true)
final class StageCommand implements Callable<Integer> {
  /** A stage's work on one step. */
  private interface Work {
    void run(Pipeline pipeline, long step) throws IOException;
  }

  private final Work work;

  @Option(
      names = "--run",
      paramLabel = "FOLDER",
      required = true,
      description = "Run folder, for example runs/finqa.")
  private String folder;

  @Mixin private LockOptions lock;

  private StageCommand(Work work) {
    this.work = work;
  }

  /** The commands of all these stages, in their order. */
  static List<CommandLine> all() {
    return List.of(
        of(
            "rollout",
            Pipeline::rollout,
            "Samples every prompt's group of the next step (1-prompts to 2-rollouts)."),
        of(
            "score",
            Pipeline::score,
            "Verifies every sampled answer of the next step (2-rollouts to 3-scores)."),
        of(
            "refill",
            Pipeline::refill,
            "Samples further prompts in place of those whose rewards are all equal (refill-01, ...).",
            "Does nothing unless objective.dynamic_sampling.max_rounds is above 1."),
        of(
            "weigh",
            Pipeline::weigh,
            "Turns success estimates into coefficients, in SQL (3-scores to 4-weights)."),
        of(
            "batch",
            Pipeline::batch,
            "Lays out the training sequences of the next step (4-weights to 5-batches)."),
        of(
            "step",
            (pipeline, step) -> pipeline.step(step, Measure.Seconds.UNKNOWN),
            "Runs the gradient step and commits (5-batches to 6-step and the checkpoint)."));
  }

  private static CommandLine of(String name, Work work, String... description) {
    CommandLine command = new CommandLine(new StageCommand(work));
    command
        .setCommandName(name)
        .getCommandSpec()
        .usageMessage()
        .description(description)
        .footer("", "Example:", "  ./submit.sh " + name + " --run runs/finqa");
    return command;
  }

  @Override
  public Integer call() throws Exception {
    TorchProbe.requireGpus(Sessions.session());
    try (Progress progress = Progress.ofStages(Sessions.session());
        Run run = lock.runs(progress).open(folder)) {
      work.run(new Pipeline(run, progress), run.lastStep() + 1);
      run.end().map(reason -> "The run is " + reason).ifPresent(progress::say);
    }
    return 0;
  }
}
