package dev.kindling.command;

import dev.kindling.conf.Configuration;
import dev.kindling.conf.YamlText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Options that give the settings of a run. */
final class SettingsOptions {
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
      names = "--data",
      paramLabel = "FILE",
      description = "Data set file (data.path); may be given several times.")
  private List<String> data = new ArrayList<>();

  /**
   * The effective configuration, every violated rule reported at once.
   *
   * @param named settings that other options give, each {@code key=value}
   */
  Configuration configuration(List<String> named) throws IOException {
    List<YamlText> texts = new ArrayList<>();
    for (String config : configs) {
      texts.add(RunFile.read("--config", config));
    }
    List<String> sets = new ArrayList<>(Sessions.settings(""));
    sets.addAll(named);
    if (!data.isEmpty()) {
      sets.add(
          "data.path="
              + data.stream()
                  .map(SettingsOptions::quoted)
                  .collect(Collectors.joining(", ", "[", "]")));
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
}
