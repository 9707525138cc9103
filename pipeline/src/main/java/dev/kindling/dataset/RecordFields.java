package dev.kindling.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindling.check.HalfPair;
import dev.kindling.check.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The fields of one JSON object, read with their types checked.
 *
 * @param object the object
 * @param prefix what stands before a field's name in messages, for example {@code "qa."}
 */
record RecordFields(JsonNode object, String prefix) {
  // The shortest digits of a number: Java's own have been these only since Java 19.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  /** Longest value that a message quotes, in characters. */
  private static final int MAX_QUOTED = 80;

  /** The fields of an object within this one. */
  RecordFields object(String name) {
    JsonNode value = object.path(name);
    require(value.isObject(), name, value, "must be an object");
    return new RecordFields(value, prefix + name + ".");
  }

  /** The same as JSON, every text in it checked. */
  String json(String name) {
    RecordFields value = object(name);
    value.requireUnicode("", value.object());
    return json(value.object());
  }

  /** A tree as JSON, the same text on every Java. */
  static String json(JsonNode tree) {
    try {
      return JSON.writeValueAsString(tree);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("What was read from JSON can be written", impossible);
    }
  }

  /** The objects of an array. */
  List<RecordFields> objects(String name) {
    JsonNode value = object.path(name);
    require(value.isArray(), name, value, "must be an array of objects");
    List<RecordFields> objects = new ArrayList<>();
    for (JsonNode element : value) {
      String place = name + "[" + objects.size() + "]";
      require(element.isObject(), place, element, "must be an object");
      objects.add(new RecordFields(element, prefix + place + "."));
    }
    return objects;
  }

  /** A text that is not blank. */
  String text(String name) {
    return text(name, object.path(name));
  }

  /** A text that is not blank, or the digits of an integer. */
  String textOrInteger(String name) {
    JsonNode value = object.path(name);
    return value.isIntegralNumber() ? value.asText() : text(name, value);
  }

  /** A value, by the name that messages give it, that is a text and not blank. */
  String text(String name, JsonNode value) {
    require(
        value.isTextual() && !value.asText().isBlank(), name, value, "must be a text, not blank");
    return unicode(name, value);
  }

  /** A text; {@code absent} when the field is missing or null. */
  String textOr(String name, String absent) {
    JsonNode value = object.path(name);
    if (isAbsent(name)) {
      return absent;
    }
    require(value.isTextual(), name, value, "must be a text");
    return unicode(name, value);
  }

  /** An array of texts, which may be blank. */
  List<String> texts(String name) {
    return texts(name, object.path(name));
  }

  /** A value, by the name that messages give it, that is an array of texts, which may be blank. */
  List<String> texts(String name, JsonNode value) {
    require(value.isArray(), name, value, "must be an array of texts");
    List<String> texts = new ArrayList<>();
    for (JsonNode element : value) {
      String place = name + "[" + texts.size() + "]";
      require(element.isTextual(), place, element, "must be a text");
      texts.add(unicode(place, element));
    }
    return texts;
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
      throw new InvalidInputException(
          "Invalid " + prefix + name + ": " + quoted(shown) + " (" + rule + ")");
    }
  }

  /** The beginning, cut between two characters. */
  static String quoted(String shown) {
    boolean whole = shown.codePointCount(0, shown.length()) <= MAX_QUOTED;
    return HalfPair.escaped(
        whole ? shown : shown.substring(0, shown.offsetByCodePoints(0, MAX_QUOTED)) + "…");
  }

  private String unicode(String name, JsonNode text) {
    int half = HalfPair.find(text.asText());
    require(half < 0, name, text, HalfPair.rule(half));
    return text.asText();
  }

  private void requireUnicode(String place, JsonNode value) {
    if (value.isTextual()) {
      unicode(place, value);
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String name = place.isEmpty() ? field.getKey() : place + "." + field.getKey();
      int half = HalfPair.find(field.getKey());
      require(half < 0, place, value, "a key " + HalfPair.rule(half));
      requireUnicode(name, field.getValue());
    }
    for (int i = 0; i < (value.isArray() ? value.size() : 0); i++) {
      requireUnicode(place + "[" + i + "]", value.get(i));
    }
  }
}
