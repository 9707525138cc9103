package dev.kindling.conf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.check.InvalidInputException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting once, from each place where it may be written. */
class SettingsTest {
  /** For every setting one of them is another value that it allows by itself. */
  private static final List<String> VALUES =
      List.of(
          "true",
          "false",
          "0",
          "1",
          "2",
          "3",
          "7",
          "0.5",
          "0.25",
          "64",
          "4096",
          "[1, 2]",
          "[lp-reg]",
          "[tensorboard]",
          "[\"a=b\"]",
          "[\"c=d\"]",
          "http://127.0.0.1:5000",
          "[{name: a, path: a.jsonl}]",
          "[{name: a, sql: x}]",
          "pass@1",
          "log_p_hat",
          "eval",
          "text",
          "2026-01-01",
          "finqa",
          "sgd",
          "warm",
          "chat",
          "bfloat16",
          "cosine",
          "linear",
          "verified",
          "rloo",
          "sampler",
          "floor",
          "all",
          "successes",
          "ratio",
          "token-mean",
          "bytes",
          "characters:abc");

  private static final List<String> EVALUATED =
      List.of("data.eval_path=held-out.jsonl", "evaluate.every=1");

  /** Settings that others must go with, which this gives. */
  private static final Map<String, List<String>> WITH =
      Map.ofEntries(
          Map.entry("data.reader", List.of("data.format=spark")),
          Map.entry("data.options", List.of("data.format=spark")),
          Map.entry("data.where", List.of("data.format=spark")),
          Map.entry("data.columns.id", List.of("data.format=spark")),
          Map.entry("data.columns.prompt", List.of("data.format=spark")),
          Map.entry("data.columns.messages", List.of("data.format=spark")),
          Map.entry("data.columns.answer", List.of("data.format=spark")),
          Map.entry("data.columns.answers", List.of("data.format=spark")),
          Map.entry("data.columns.rationale", List.of("data.format=spark")),
          Map.entry("data.columns.verifier", List.of("data.format=spark")),
          Map.entry("data.columns.level", List.of("data.format=spark")),
          Map.entry("data.columns.context", List.of("data.format=spark")),
          Map.entry("data.system_prompt", List.of("data.style=chat")),
          Map.entry("data.thinking", List.of("data.style=chat")),
          Map.entry("data.template_date", List.of("data.style=chat")),
          Map.entry("evaluate.every", List.of("data.eval_path=held-out.jsonl")),
          Map.entry("evaluate.folder", List.of("evaluate.sets=[{name: a, path: a.jsonl}]")),
          Map.entry("run.keep_best.metric", EVALUATED),
          Map.entry("run.keep_best.set", with(EVALUATED, "run.keep_best.metric=pass@1")),
          Map.entry("run.stop_when.metric", EVALUATED),
          Map.entry("run.stop_when.set", with(EVALUATED, "run.stop_when.metric=pass@1")),
          Map.entry("objective.success", List.of("objective.name=rloo")),
          Map.entry("model.qkv_bias", List.of("model.qk_norm=false")),
          Map.entry("objective.name", List.of("objective.success=verified")),
          Map.entry("objective.lp_reg.tau", List.of("objective.lp_reg.kappa=0")),
          Map.entry(
              "objective.overlong.cache",
              List.of("objective.name=rloo", "objective.success=verified")),
          Map.entry(
              "objective.dynamic_sampling.max_rounds",
              List.of("objective.name=rloo", "objective.success=verified")));

  private static List<String> with(List<String> sets, String more) {
    List<String> all = new ArrayList<>(sets);
    all.add(more);
    return all;
  }

  static Set<String> keys() {
    return Configuration.defaults().settings().keySet();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void everySettingIsTakenFromAFileAndOverItFromTheCommandLine(String key) {
    List<String> with = WITH.getOrDefault(key, List.of());
    List<Configuration> taken = new ArrayList<>();
    Configuration defaults = accepted(with).orElse(Configuration.load(List.of(), List.of()));
    for (String value : VALUES) {
      List<String> sets = new ArrayList<>(with);
      sets.add(key + "=" + value);
      Optional<Configuration> bySet = accepted(sets);
      if (bySet.isEmpty() || bySet.get().equals(defaults)) {
        continue;
      }
      YamlText file = new YamlText("mine.yaml", nested(key, value));
      assertThat(Configuration.load(List.of(file), with)).isEqualTo(bySet.get());
      for (Configuration earlier : taken) {
        // Whatever the file said, the command line wins.
        YamlText other = new YamlText("mine.yaml", earlier.toYaml());
        assertThat(Configuration.load(List.of(other), sets)).isEqualTo(bySet.get());
      }
      taken.add(bySet.get());
    }
    assertThat(taken).as("accepted values of " + key).isNotEmpty();
  }

  private static Optional<Configuration> accepted(List<String> sets) {
    try {
      return Optional.of(Configuration.load(List.of(), sets));
    } catch (InvalidInputException refused) {
      return Optional.empty();
    }
  }

  private static String nested(String key, String value) {
    StringBuilder yaml = new StringBuilder();
    String indent = "";
    for (String part : key.split("\\.", -1)) {
      yaml.append(indent.isEmpty() ? "" : "\n").append(indent).append(part).append(':');
      indent += "  ";
    }
    Type type = new Schema(Configuration.class).settings().get(key).type();
    boolean isText = type == String.class || (type == Paths.class && !value.startsWith("["));
    return yaml.append(' ').append(isText ? "'" + value + "'" : value).append('\n').toString();
  }
}
