package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.YamlText;
import dev.kindling.run.Progress;
import dev.kindling.run.Run;
import dev.kindling.stage.TorchProbe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that say which run and with which settings. */
final class RunOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "Run file (YAML) over the defaults, a local path, a URI or the name of one of Spark's",
        "--files; may be given several times, the last wins."
      })
  private List<String> configs = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting, over run files: --set sampler.samples=16.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = {
        "Name of the run, its folder under run.folder",
        "(default: the run files', joined by -)."
      })
  private String name;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "Data set file (data.path); may be given several times.")
  private List<String> data = new ArrayList<>();

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

  @Mixin private LockOptions lock;

  /** The effective configuration, every violated rule reported at once. */
  Configuration configuration() throws IOException {
    List<YamlText> texts = new ArrayList<>();
    for (String config : configs) {
      texts.add(RunFile.read(config));
    }
    List<String> sets = new ArrayList<>(Sessions.settings(""));
    if (name != null) {
      sets.add("run.name=" + name);
    }
    if (!data.isEmpty()) {
      sets.add(
          "data.path="
              + data.stream().map(RunOptions::quoted).collect(Collectors.joining(", ", "[", "]")));
    }
    sets.addAll(settings);
    Configuration configuration = Configuration.load(texts, sets);
    if (configuration.run().name().isPresent() || configs.isEmpty()) {
      return configuration;
    }
    // Nothing names the run, so the run files' own names do: what one adds to another is told
    // apart.
    sets.add("run.name=" + configs.stream().map(RunFile::name).collect(Collectors.joining("-")));
    return Configuration.load(texts, sets);
  }

  /** A text in YAML's quotes, whatever its characters are. */
  private static String quoted(String text) {
    return text.chars().mapToObj("\\u%04x"::formatted).collect(Collectors.joining("", "\"", "\""));
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
    return lock.runs(progress)
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
    return lock.runs(progress).startAt(conf, step.getAsLong());
  }

  LockOptions lock() {
    return lock;
  }
}
