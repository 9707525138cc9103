package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.stage.TorchProbe;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that say which run and with which settings. */
final class RunOptions {
  @Mixin private SettingsOptions settings;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = {
        "Name of the run, its folder under run.folder",
        "(default: the run files', joined by -)."
      })
  private String name;

  @Option(names = "--resume", description = "Go on with a run whose folder exists.")
  private boolean resume;

  @Option(
      names = "--from-step",
      paramLabel = "N",
      description = {
        "With --resume: go back to step N first. What is later is kept in the run's folder",
        "discarded until the next commit."
      })
  private Long fromStep;

  @Mixin private OpenOptions opening;

  /** The effective configuration, every violated rule reported at once. */
  Configuration configuration() throws IOException {
    return settings.configuration(name == null ? List.of() : List.of("run.name=" + name));
  }

  /** The name of the run that settings are of; empty where they have none. */
  static String name(Configuration conf) {
    return conf.run().name().orElse("");
  }

  /** Starts the run, or goes on with it as the options say. */
  Run start(Progress progress, Configuration conf) throws IOException {
    if (fromStep != null && !resume) {
      throw new InvalidInputException(
          "Invalid --from-step: %d (must come with --resume)".formatted(fromStep));
    }
    TorchProbe.requireGpus(Sessions.session());
    return opening
        .runs(progress)
        .start(conf, resume, fromStep == null ? OptionalLong.empty() : OptionalLong.of(fromStep));
  }

  /**
   * The same for stages of a step, which goes on in any case and keeps what an interrupted step has
   * finished; of no step as {@link #start(Progress, Configuration)}.
   */
  Run start(Progress progress, Configuration conf, OptionalLong step) throws IOException {
    if (step.isEmpty()) {
      return start(progress, conf);
    }
    if (fromStep != null) {
      throw new InvalidInputException(
          "Invalid --from-step: %d (must not come with --step, which may be repeated)"
              .formatted(fromStep));
    }
    TorchProbe.requireGpus(Sessions.session());
    return opening.runs(progress).startAt(conf, step.getAsLong());
  }

  OpenOptions opening() {
    return opening;
  }
}
