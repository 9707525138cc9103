package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.io.UserPath;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.run.Stage;
import dev.kindling.stage.TorchProbe;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stages}: several stages of one step in one application, for schedulers. */
@Command(
    name = "stages",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs several stages of one step in one application, as their own commands would.",
      "With prepare among them the run is that of --config, --data and --name, and is",
      "started where there is none; without it that of --run."
    },
    footer = {
      "",
      "Examples:",
      "  ./submit.sh stages prepare..step --step 1 --config my.yaml --data train.jsonl",
      "  ./submit.sh stages rollout..refill --step 12 --run runs/my",
      "  ./submit.sh stages weigh..step --step 12 --run runs/my --wait-lock 600"
    })
final class StagesCommand implements Callable<Integer> {
  /** Options that say which run in place of those that prepare takes. */
  private static final List<String> OF_ANY_STAGE =
      List.of("--run", "--step", "--fresh", "--wait-lock", "--other-tables");

  @Parameters(
      paramLabel = "FIRST..LAST",
      description =
          "First and last of prepare, rollout, score, refill, weigh, batch, step; or one of them.")
  private String range;

  @Option(
      names = "--run",
      paramLabel = "FOLDER",
      description = "Run folder, for example runs/finqa; without prepare.")
  private String folder;

  @Mixin private StepOptions step;
  @Mixin private RunOptions options;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    List<Stage> stages = stages(range);
    try (Progress progress = Progress.ofStages(session(stages));
        Run run = stages.contains(Stage.PREPARE) ? prepared(progress) : opened(progress)) {
      return Told.of(run, () -> step.run(run, progress, stages));
    }
  }

  private SparkSession session(List<Stage> stages) throws IOException {
    if (stages.contains(Stage.PREPARE)) {
      Configuration conf = options.configuration();
      return Sessions.session(RunOptions.name(conf), conf.metrics());
    }
    return Sessions.session(folder == null ? "" : UserPath.of(folder).getName());
  }

  private static List<Stage> stages(String range) {
    String[] ends = range.split("\\.\\.", -1);
    Optional<Stage> first = Stage.of(ends[0]);
    Optional<Stage> last = Stage.of(ends[ends.length - 1]);
    List<Stage> stages =
        ends.length <= 2 && first.isPresent() && last.isPresent()
            ? first.get().to(last.get())
            : List.of();
    if (stages.isEmpty()) {
      throw new InvalidInputException(
          "Invalid stages: %s (must be one of %s, or FIRST..LAST of them in this order)"
              .formatted(
                  range,
                  Arrays.stream(Stage.values())
                      .map(Stage::label)
                      .collect(Collectors.joining(", "))));
    }
    return stages;
  }

  private Run prepared(Progress progress) throws IOException {
    if (folder != null) {
      throw new InvalidInputException(
          "Invalid --run: %s (must not come with prepare, which takes --config, --data and --name)"
              .formatted(folder));
    }
    Configuration conf = options.configuration();
    return options.start(progress, conf, step.step());
  }

  private Run opened(Progress progress) throws IOException {
    List<String> others =
        spec.commandLine().getParseResult().matchedOptions().stream()
            .map(OptionSpec::longestName)
            .filter(name -> !OF_ANY_STAGE.contains(name))
            .toList();
    if (folder == null || !others.isEmpty()) {
      throw new InvalidInputException(
          folder == null
              ? "Missing --run (stages without prepare work on a run that is there)"
              : "Invalid %s (must not come without prepare: the run has its settings)"
                  .formatted(String.join(", ", others)));
    }
    TorchProbe.requireGpus(Sessions.session());
    return options.opening().runs(progress).open(folder);
  }
}
