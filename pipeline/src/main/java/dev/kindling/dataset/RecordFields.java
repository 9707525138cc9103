package dev.kindling.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.check.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of one JSON object, read with their types checked.
 *
 * @param object the object
 * @param prefix what stands before a field's name in messages, for example {@code "qa."}
 */
record RecordFields(JsonNode object, String prefix) {
  /** Longest value that a message quotes, in characters. */
  private static final int MAX_QUOTED = 80;

  /** The fields of an object within this one. */
  RecordFields object(String name) {
    JsonNode value = object.path(name);
    require(value.isObject(), name, value, "must be an object");
    return new RecordFields(value, prefix + name + ".");
  }

  /** A text that is not blank. */
  String text(String name) {
    JsonNode value = object.path(name);
    require(
        value.isTextual() && !value.asText().isBlank(), name, value, "must be a text, not blank");
    return value.asText();
  }

  /** A text; {@code absent} when the field is missing or null. */
  String textOr(String name, String absent) {
    JsonNode value = object.path(name);
    if (isAbsent(name)) {
      return absent;
    }
    require(value.isTextual(), name, value, "must be a text");
    return value.asText();
  }

  /** An array of texts, which may be blank. */
  List<String> texts(String name) {
    return texts(name, object.path(name));
  }

  /** An array of arrays of texts, which may be blank. */
  List<List<String>> rows(String name) {
    JsonNode value = object.path(name);
    require(value.isArray(), name, value, "must be an array of arrays of texts");
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode row : value) {
      rows.add(texts(name + "[" + rows.size() + "]", row));
    }
    return rows;
  }

  /** Whether the field is missing or null. */
  boolean isAbsent(String name) {
    JsonNode value = object.path(name);
    return value.isMissingNode() || value.isNull();
  }

  /** Refuses a value, naming the field, the value and the rule. */
  void require(boolean holds, String name, JsonNode value, String rule) {
    if (!holds) {
      String shown = value.isMissingNode() ? "nothing" : value.toString();
      String quoted = shown.length() > MAX_QUOTED ? shown.substring(0, MAX_QUOTED) + "…" : shown;
      throw new InvalidInputException(
          "Invalid " + prefix + name + ": " + quoted + " (" + rule + ")");
    }
  }

  private List<String> texts(String name, JsonNode value) {
    require(value.isArray(), name, value, "must be an array of texts");
    List<String> texts = new ArrayList<>();
    for (JsonNode element : value) {
      require(element.isTextual(), name + "[" + texts.size() + "]", element, "must be a text");
      texts.add(element.asText());
    }
    return texts;
  }
}
