package dev.kindling.command;

import dev.kindling.conf.Configuration;
import dev.kindling.run.Pipeline;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code train}: the loop of all stages. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs the loop: prepare, rollout, score, weigh, batch, step; commits each step.",
    footer = {
      "",
      "Examples:",
      "  ./submit.sh train --config conf/finqa.yaml --config conf/tiny.yaml --data dev.json",
      "  ./submit.sh train --config my.yaml --data train.jsonl --data more.jsonl --resume",
      "  ./submit.sh train --config my.yaml --config conf/evaluations/qa.yaml \\",
      "    --set evaluate.folder=/data --set evaluate.every=50",
      "  ./submit.sh --master yarn train --config my.yaml --set run.folder=hdfs:///runs"
    })
final class TrainCommand implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Override
  public Integer call() throws Exception {
    Configuration conf = options.configuration();
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
            progress.say("Report: " + run.folder().report());
          });
    }
  }
}
