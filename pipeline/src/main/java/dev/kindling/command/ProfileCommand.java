package dev.kindling.command;

import dev.kindling.check.Check;
import dev.kindling.conf.Configuration;
import dev.kindling.report.ProfilePage;
import dev.kindling.report.ProfileText;
import dev.kindling.run.Profile;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.stage.TorchProbe;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code profile}: how often a policy solves each example of a data set. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Samples and scores a whole data set without training, and tells how often each is solved.",
      "RUN/profile is a table of one row an example, with pass rate, interval, likelihood, shortest",
      "right and most frequent wrong answer. The policy is the one that the run begins with.",
      "An interrupted profile goes on where it was when the command is repeated."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh profile --config my.yaml --data train.jsonl --name map --samples 16",
      "  ./submit.sh profile --config my.yaml --set data.format=spark \\",
      "    --data table:lake.prompts.math --set model.checkpoint=/models/Qwen3-0.6B --name map",
      "  duckdb -c \"SELECT example_id, pass_rate FROM 'runs/map/profile/*.parquet'\""
    })
final class ProfileCommand implements Callable<Integer> {
  @Mixin private SettingsOptions settings;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = {
        "Name of the run, its folder under run.folder",
        "(default: the run files', joined by -)."
      })
  private String name;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Rollouts of each example (sampler.samples).")
  private Integer samples;

  @Mixin private OpenOptions opening;

  @Override
  public Integer call() throws Exception {
    List<String> named = new ArrayList<>();
    if (name != null) {
      named.add("run.name=" + name);
    }
    if (samples != null) {
      named.add("sampler.samples=" + samples);
    }
    Configuration conf = settings.configuration(named);
    new Check()
        .that(
            samples == null || samples == conf.sampler().samples(),
            "--samples",
            samples,
            "must not come with --set sampler.samples=" + conf.sampler().samples())
        .done();
    try (Progress progress =
        Progress.ofSteps(Sessions.session(RunOptions.name(conf), conf.metrics()))) {
      TorchProbe.requireGpus(Sessions.session());
      try (Run run = opening.runs(progress).startAt(conf, 1)) {
        return Told.of(
            run,
            () -> {
              Profile profile = new Profile(run, progress);
              Dataset<Row> rows = profile.write();
              ProfileText text = ProfileText.of(rows);
              ProfilePage.About about =
                  new ProfilePage.About(
                      "Profile " + RunOptions.name(conf),
                      profile.table().toString(),
                      Main.version(),
                      LocalDate.now(ZoneId.systemDefault()).toString());
              profile.writePage(ProfilePage.render(rows, text, about));
              progress.say(text.table());
              progress.say("Table: " + profile.table());
              progress.say("Page: " + profile.page());
            });
      }
    }
  }
}
