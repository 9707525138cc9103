package dev.kindling.stage.read;

import dev.kindling.check.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Which expression over a source's columns gives each part of an example: those that the user
 * names, and for the others the columns of the layouts in which data sets are published.
 */
final class Layout {
  private final Map<String, StructField> columns = new LinkedHashMap<>();

  /**
   * A layout of a source.
   *
   * @param source its columns; of two whose names differ in case alone the first counts
   */
  Layout(StructType source) {
    for (StructField field : source.fields()) {
      columns.putIfAbsent(field.name().toLowerCase(Locale.ROOT), field);
    }
  }

  /**
   * The expression of each part, by its name as under {@code data.columns}.
   *
   * @param given those that the user names
   * @param name of the source, for messages
   * @throws InvalidInputException when there is no prompt or no answer
   */
  Map<String, String> parts(Map<String, String> given, String name) {
    Map<String, String> parts = new LinkedHashMap<>(given);
    if (!given.containsKey("prompt") && !given.containsKey("messages")) {
      prompt().forEach(parts::putIfAbsent);
    }
    if (!given.containsKey("answer") && !given.containsKey("answers")) {
      answer().forEach(parts::putIfAbsent);
    }
    firstOf("id", "unique_id", "_id", "idx")
        .or(() -> within("extra_info", "index"))
        .ifPresent(id -> parts.putIfAbsent("id", id));
    firstOf("rationale").or(this::solution).ifPresent(text -> parts.putIfAbsent("rationale", text));
    firstOf("level").ifPresent(level -> parts.putIfAbsent("level", level));
    firstOf("verifier")
        .ifPresent(
            verifier -> {
              parts.putIfAbsent("verifier", verifier);
              firstOf("context").ifPresent(context -> parts.putIfAbsent("context", context));
            });
    require(parts, "prompt", "messages", name);
    require(parts, "answer", "answers", name);
    return parts;
  }

  private void require(Map<String, String> parts, String one, String other, String name) {
    if (!parts.containsKey(one) && !parts.containsKey(other)) {
      List<String> names = columns.values().stream().map(StructField::name).toList();
      throw new InvalidInputException(
          "Cannot tell the %s of data set %s by its columns %s (name it by data.columns.%s or data.columns.%s)"
              .formatted(one, name, names, one, other));
    }
  }

  /** Conversations of Hugging Face, TRL and verl; Kindling's, GSM8K's and MATH's texts. */
  private Map<String, String> prompt() {
    for (String name : List.of("messages", "prompt")) {
      StructField column = columns.get(name);
      if (column != null && isConversation(column.dataType())) {
        return Map.of("messages", quoted(column));
      }
    }
    return firstOf("prompt", "question", "problem")
        .map(text -> Map.of("prompt", text))
        .orElse(Map.of());
  }

  private Map<String, String> answer() {
    Optional<String> verl = within("reward_model", "ground_truth");
    if (verl.isPresent()) {
      return Map.of("answer", verl.get());
    }
    for (String name : List.of("answers", "answer", "ground_truth", "solution")) {
      StructField column = columns.get(name);
      if (column != null) {
        boolean areSeveral = column.dataType() instanceof ArrayType;
        return Map.of(areSeveral ? "answers" : "answer", quoted(column));
      }
    }
    return Map.of();
  }

  /** MATH's: where there is an answer besides, the way to it. */
  private Optional<String> solution() {
    return columns.containsKey("answer") ? firstOf("solution") : Optional.empty();
  }

  private Optional<String> firstOf(String... names) {
    List<String> found = new ArrayList<>();
    for (String name : names) {
      if (columns.containsKey(name)) {
        found.add(quoted(columns.get(name)));
      }
    }
    return found.stream().findFirst();
  }

  private Optional<String> within(String column, String field) {
    StructField outer = columns.get(column);
    return outer != null
            && outer.dataType() instanceof StructType type
            && List.of(type.fieldNames()).contains(field)
        ? Optional.of(quoted(outer) + "." + field)
        : Optional.empty();
  }

  private static String quoted(StructField column) {
    return column.name().matches("[A-Za-z_][A-Za-z0-9_]*")
        ? column.name()
        : "`" + column.name().replace("`", "``") + "`";
  }

  /** Whether a value is an array of roles and contents. */
  static boolean isConversation(DataType type) {
    return type instanceof ArrayType array
        && array.elementType() instanceof StructType turn
        && isText(turn, "role")
        && isText(turn, "content");
  }

  private static boolean isText(StructType turn, String name) {
    return List.of(turn.fieldNames()).contains(name)
        && turn.apply(name).dataType().equals(DataTypes.StringType);
  }
}
