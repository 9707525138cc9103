package dev.kindling.command;

import dev.kindling.conf.Configuration;
import dev.kindling.run.Pipeline;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pretrain}: supervised warm start on given rationales, the q = 1 pole. */
@Command(
    name = "pretrain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Supervised warm start: the data set's own rationales and answers stand where sampled ones would.",
      "The same stages and tables as train, with objective sft and the settings under pretrain."
    },
    footer = {
      "",
      "Example:",
      "  ./submit.sh pretrain --config my.yaml --data problems.jsonl --name base"
    })
final class PretrainCommand implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Override
  public Integer call() throws Exception {
    Configuration conf = options.configuration().forPretraining();
    try (Progress progress =
            Progress.ofSteps(Sessions.session(RunOptions.name(conf), conf.metrics()));
        Run run = options.start(progress, conf)) {
      return Told.of(
          run,
          () -> {
            progress.begin(RunOptions.name(conf), run.lastStep(), conf.run().steps());
            Reports.live(run, progress, () -> new Pipeline(run, progress).train());
            progress.end();
            Reports.write(run);
            progress.say("Checkpoint: " + run.folder().checkpoint(run.lastStep()));
            progress.say("Report: " + run.folder().report());
          });
    }
  }
}
