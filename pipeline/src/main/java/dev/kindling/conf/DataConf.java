package dev.kindling.conf;

import dev.kindling.check.Check;
import dev.kindling.dataset.DataSets;
import dev.kindling.dataset.PromptStyle;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is learned from.
 *
 * @param format how the files are to be read
 * @param path files of the training examples, or with format spark tables and queries; empty where
 *     a command needs none
 * @param reader what Spark reads the path with; empty takes that of its extension
 * @param options of that reader, each {@code name=value}
 * @param columns what of Spark's columns is what of an example
 * @param where condition in SQL on the rows of the training examples
 * @param style how an example becomes a prompt
 * @param systemPrompt system's message before the user's, with style chat
 * @param thinking what the chat template is told of thinking
 * @param templateDate what the chat template takes for today, ISO 8601
 * @param maxRejectedShare largest share of unusable records that is put up with, in [0, 1]
 * @param maxChars longest text of a record that is used, in chars
 * @param shuffle whether the prompt order is a permutation drawn from the seed
 * @param evalPath files of the evaluation examples
 * @param maxExamples how many of the training examples are used, the first that the prompt order
 *     would visit; 0 uses all
 */
public record DataConf(
    DataSets format,
    Optional<Paths> path,
    Optional<String> reader,
    List<String> options,
    ColumnsConf columns,
    Optional<String> where,
    PromptStyle style,
    Optional<String> systemPrompt,
    Optional<Boolean> thinking,
    Optional<String> templateDate,
    double maxRejectedShare,
    int maxChars,
    boolean shuffle,
    Optional<Paths> evalPath,
    int maxExamples) {
  private static final int MOST_CHARS = 10_000_000;
  private static final String ONLY_CHAT = "must be null unless data.style is chat";

  private static final Pattern SECRET =
      Pattern.compile("(?i)[^=]*(password|secret|token|credential|api_?key|access_?key)[^=]*=");
  private static final Pattern NO_FILE = Pattern.compile("(table|query):.*", Pattern.DOTALL);

  /** Refuses values outside the ranges of {@code conf/defaults.yaml}. */
  public DataConf {
    options = List.copyOf(options);
    Check check = new Check();
    check
        .that(haveNames(path), "data.path", path.orElse(null), "must not be empty")
        .that(
            maxRejectedShare >= 0 && maxRejectedShare <= 1,
            "data.max_rejected_share",
            maxRejectedShare,
            "must be in [0, 1]")
        .that(haveNames(evalPath), "data.eval_path", evalPath.orElse(null), "must not be empty")
        .that(
            templateDate.isEmpty() || isDate(templateDate.get()),
            "data.template_date",
            templateDate.orElse(null),
            "must be a date such as 2026-11-21")
        .that(
            style == PromptStyle.CHAT || systemPrompt.isEmpty(),
            "data.system_prompt",
            systemPrompt.orElse(null),
            ONLY_CHAT)
        .that(
            style == PromptStyle.CHAT || thinking.isEmpty(),
            "data.thinking",
            thinking.orElse(null),
            ONLY_CHAT)
        .that(
            style == PromptStyle.CHAT || templateDate.isEmpty(),
            "data.template_date",
            templateDate.orElse(null),
            ONLY_CHAT)
        .that(
            maxChars >= 1 && maxChars <= MOST_CHARS,
            "data.max_chars",
            maxChars,
            "must be in [1, " + MOST_CHARS + "]")
        .that(maxExamples >= 0, "data.max_examples", maxExamples, "must be >= 0");
    checkOptions(check, options);
    Map<String, Object> ofSpark = new LinkedHashMap<>();
    reader.ifPresent(value -> ofSpark.put("data.reader", value));
    where.ifPresent(value -> ofSpark.put("data.where", value));
    columns.given().forEach((part, value) -> ofSpark.put("data.columns." + part, value));
    options.forEach(value -> ofSpark.put("data.options", value));
    relations(path).forEach(value -> ofSpark.put("data.path", value));
    relations(evalPath).forEach(value -> ofSpark.put("data.eval_path", value));
    ofSpark.forEach(
        (key, value) ->
            check.that(
                format == DataSets.SPARK,
                key,
                value,
                "must be absent unless data.format is spark"));
    check.done();
  }

  private static void checkOptions(Check check, List<String> options) {
    check
        .that(
            options.stream().allMatch(option -> option.indexOf('=') > 0),
            "data.options",
            options,
            "must be texts of the form name=value")
        .that(
            options.stream().noneMatch(option -> SECRET.matcher(option).lookingAt()),
            "data.options",
            options.stream().map(option -> option.replaceFirst("=.*", "=…")).toList(),
            "must not hold secrets, for they stand in files: read a table whose catalog has them");
  }

  /** The tables and queries among paths. */
  private static List<String> relations(Optional<Paths> paths) {
    return paths.stream()
        .flatMap(some -> some.each().stream())
        .filter(path -> NO_FILE.matcher(path).matches())
        .toList();
  }

  private static boolean haveNames(Optional<Paths> paths) {
    return paths.stream().flatMap(some -> some.each().stream()).noneMatch(String::isBlank);
  }

  private static boolean isDate(String text) {
    try {
      LocalDate.parse(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
