package dev.kindling.command;

import dev.kindling.conf.Configuration;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.run.Stage;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code prepare}: data set files to the next step's prompts, starting the run where needed. */
@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Draws the next step's prompts (1-prompts).",
      "Starts the run when its folder does not exist: reads the data set, makes the policy.",
      "--resume discards what an interrupted step has made; --step goes on with a run",
      "as well, and keeps it."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh prepare --config conf/finqa.yaml --config conf/tiny.yaml --data dev.json",
      "  ./submit.sh prepare --config my.yaml --data train.jsonl --data more.jsonl --resume",
      "  ./submit.sh prepare --config my.yaml --data train.jsonl --step 1"
    })
final class PrepareCommand implements Callable<Integer> {
  @Mixin private RunOptions options;
  @Mixin private StepOptions step;

  @Override
  public Integer call() throws Exception {
    Configuration conf = options.configuration();
    try (Progress progress = Progress.ofStages(Sessions.session(RunOptions.name(conf)));
        Run run = options.start(progress, conf, step.step())) {
      return Told.of(
          run,
          () -> {
            if (step.run(run, progress, List.of(Stage.PREPARE))) {
              progress.say(
                  "Next: ./submit.sh rollout --run " + run.folder().root() + step.repeated());
            }
          });
    }
  }
}
