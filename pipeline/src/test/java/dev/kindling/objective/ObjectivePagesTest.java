package dev.kindling.objective;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.ObjectiveConf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages under {@code docs/objectives}: one for each part, with the settings that it reads. */
class ObjectivePagesTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Path INDEX = Path.of("..", "docs", "objectives.md");
  private static final Path FOLDER = Path.of("..", "docs", "objectives");
  private static final Pattern SETTING =
      Pattern.compile("\\| `(objective\\.[a-z_.]+)` \\| ([^|]+) \\| [^|]+ \\|");

  /** For any setting at least one of them is another value that it allows. */
  private static final List<String> OTHER_VALUES =
      List.of(
          "0.5",
          "0.25",
          "2",
          "3.5",
          "true",
          "false",
          "likelihood",
          "linear",
          "step",
          "successes",
          "sampler",
          "floor",
          "all",
          "dr-grpo",
          "token-mean");

  /**
   * A part, where its page lies, and how it is chosen.
   *
   * @param page relative to the folder, without ending
   * @param chosenBy settings that choose it
   * @param part what is built of its settings
   */
  private record Part(String page, List<String> chosenBy, Function<Objective, Object> part) {
    @Override
    public String toString() {
      return page;
    }
  }

  static List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    for (ObjectiveConf.Name name : ObjectiveConf.Name.values()) {
      parts.add(part("estimator", label(name), Objective::estimator, "name=" + label(name)));
    }
    for (ObjectiveConf.Loss loss : ObjectiveConf.Loss.values()) {
      parts.add(
          part("loss", label(loss), Objective::tokenLoss, "name=rloo", "loss=" + label(loss)));
    }
    for (ObjectiveConf.Term term : ObjectiveConf.Term.values()) {
      String list = "regularisers=[" + label(term) + "]";
      // objective.kl would add its own before it.
      Function<Objective, Object> last = o -> o.regularisers().get(o.regularisers().size() - 1);
      parts.add(part("regulariser", label(term), last, "name=grpo", list));
    }
    Function<Objective, Object> first = o -> o.regularisers().get(0);
    parts.add(part("regulariser", "kl", first, "name=grpo", "kl=0.1"));
    parts.add(part("regulariser", "importance_cap", first, "name=rloo", "importance_cap=4"));
    for (Aggregation aggregation : Aggregation.values()) {
      Function<Objective, Object> scale =
          o -> o.aggregation().tokenScale().replace("length_limit", "" + o.lengthLimit());
      String chosen = "aggregation=" + label(aggregation);
      parts.add(part("aggregation", label(aggregation), scale, "name=rloo", chosen));
    }
    for (QSchedule.Shape shape : QSchedule.Shape.values()) {
      Function<Objective, Object> course = o -> ((Garl) o.estimator()).schedule().expression();
      parts.add(
          part("schedule", label(shape), course, "name=garl", "schedule.shape=" + label(shape)));
    }
    parts.add(part("reward", "overlong", Objective::overlong, "name=rloo", "overlong.cache=9"));
    parts.add(
        part(
            "reward",
            "dynamic_sampling",
            Objective::sampling,
            "name=rloo",
            "dynamic_sampling.max_rounds=9"));
    return parts;
  }

  private static Part part(
      String folder, String name, Function<Objective, Object> part, String... chosenBy) {
    List<String> sets = new ArrayList<>(List.of("objective.success=verified"));
    Arrays.stream(chosenBy).forEach(set -> sets.add("objective." + set));
    return new Part(folder + "/" + name, sets, part);
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Settings and defaults in the table of a page. */
  private static Map<String, String> settingsOf(String page) throws IOException {
    Matcher rows = SETTING.matcher(Files.readString(FOLDER.resolve(page + ".md")));
    Map<String, String> settings = new LinkedHashMap<>();
    while (rows.find()) {
      settings.put(rows.group(1), rows.group(2));
    }
    return settings;
  }

  private static Map<String, String> defaults() throws IOException {
    JsonNode all = YAML.readTree(Configuration.load(List.of(), List.of()).toYaml());
    Map<String, String> defaults = new LinkedHashMap<>();
    collect("objective", all.get("objective"), defaults);
    return defaults;
  }

  private static void collect(String key, JsonNode node, Map<String, String> into) {
    if (node.isObject()) {
      node.properties()
          .forEach(field -> collect(key + "." + field.getKey(), field.getValue(), into));
    } else {
      into.put(key, node.asText());
    }
  }

  /** What is built with one setting more, or nothing where that is refused. */
  private static Optional<Object> built(Part part, String... sets) {
    List<String> all = new ArrayList<>(part.chosenBy());
    all.addAll(List.of(sets));
    try {
      return Optional.of(part.part().apply(Configuration.load(List.of(), all).objectiveOf()));
    } catch (InvalidInputException refused) {
      return Optional.empty();
    }
  }

  /** The settings with which something else is built. */
  private static Set<String> read(Part part) throws IOException {
    Object before = built(part).orElseThrow();
    Set<String> read = new LinkedHashSet<>();
    for (Map.Entry<String, String> setting : defaults().entrySet()) {
      boolean matters =
          OTHER_VALUES.stream()
              .filter(value -> isOfTheKind(value, setting.getValue()))
              .flatMap(value -> built(part, setting.getKey() + "=" + value).stream())
              .anyMatch(other -> !other.equals(before));
      if (matters) {
        read.add(setting.getKey());
      }
    }
    return read;
  }

  /** Whether a value may be one of a setting's: a number's or a switch's are of its own kind. */
  private static boolean isOfTheKind(String value, String byDefault) {
    boolean isSwitch = byDefault.equals("true") || byDefault.equals("false");
    boolean isNumber = value(byDefault) instanceof Double;
    return isSwitch
        ? value.equals("true") || value.equals("false")
        : !isNumber || value(value) instanceof Double;
  }

  @ParameterizedTest
  @MethodSource("parts")
  void everyPartHasAPageWithFormulaUseSourceAndTheSettingsThatItReads(Part part)
      throws IOException {
    String text = Files.readString(FOLDER.resolve(part.page() + ".md"));
    String name = part.page().substring(part.page().indexOf('/') + 1);
    assertThat(text)
        .startsWith("# `" + name + "`: ")
        .contains("**Formula.**", "**When.**", "**Settings.**", "**Source.**", "**Departures.**");
    assertThat(Files.readString(INDEX)).contains("(objectives/" + part.page() + ".md)");
    Set<String> read = read(part);
    if (part.page().startsWith("estimator/")) {
      // The course of q has pages of its own, to which those of the family lead.
      assertThat(read.removeIf(key -> key.startsWith("objective.schedule.")))
          .isEqualTo(text.contains("../schedule/"));
    }
    assertThat(settingsOf(part.page())).containsKeys(read.toArray(new String[0]));
  }

  @Test
  void thePagesNameNothingButSettingsThatThereAreAndTheirDefaults() throws IOException {
    Map<String, String> defaults = defaults();
    Set<String> named = new LinkedHashSet<>();
    for (String page : pages()) {
      settingsOf(page)
          .forEach(
              (key, value) -> {
                assertThat(defaults).as(page).containsKey(key);
                assertThat(value(value)).as(page + " " + key).isEqualTo(value(defaults.get(key)));
                named.add(key);
              });
    }
    Set<String> unnamed = new LinkedHashSet<>(defaults.keySet());
    unnamed.removeAll(named);
    // These choose the parts, and the index is about them.
    assertThat(unnamed)
        .containsExactlyInAnyOrder("objective.name", "objective.loss", "objective.regularisers");
  }

  @Test
  void thereIsNoPageWithoutItsPart() throws IOException {
    assertThat(pages())
        .containsExactlyInAnyOrderElementsOf(parts().stream().map(Part::page).toList());
  }

  /** Numbers compare as numbers. */
  private static Object value(String text) {
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException word) {
      return text;
    }
  }

  private static List<String> pages() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .map(file -> FOLDER.relativize(file).toString())
          .filter(name -> name.endsWith(".md"))
          .map(name -> name.substring(0, name.length() - ".md".length()))
          .toList();
    }
  }
}
