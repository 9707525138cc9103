package dev.kindling.conf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.check.NearestName;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The keys that a record of section records has, read from the records themselves so that a key
 * exists once. Binds a flat map of settings to the records and back.
 */
final class Schema {
  // Of a file of something else, a few are enough.
  private static final int MOST_UNKNOWN = 20;
  private static final int LONGEST_KEY = 100;

  private final Class<? extends Record> root;
  private final Map<String, Setting> settings = new LinkedHashMap<>();

  Schema(Class<? extends Record> root) {
    this.root = root;
    for (RecordComponent section : root.getRecordComponents()) {
      collect(Setting.snakeCase(section.getName()), section.getType());
    }
  }

  private void collect(String section, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      Setting setting = Setting.of(section, component);
      if (component.getType().isRecord()) {
        collect(setting.key(), component.getType());
      } else {
        settings.put(setting.key(), setting);
      }
    }
  }

  /** Every known setting by dotted key, in the order of the records. */
  Map<String, Setting> settings() {
    return settings;
  }

  /**
   * Builds the records.
   *
   * @throws InvalidInputException with every unknown or missing key, wrong type and violated rule
   */
  Object bind(Map<String, JsonNode> values) {
    Check check = new Check();
    List<String> unknown =
        values.keySet().stream().filter(key -> !settings.containsKey(key)).toList();
    unknown.stream().limit(MOST_UNKNOWN).forEach(key -> check.and(unknown(key, values.get(key))));
    if (unknown.size() > MOST_UNKNOWN) {
      check.and(
          new InvalidInputException(
              "… and " + (unknown.size() - MOST_UNKNOWN) + " more unknown keys"));
    }
    List<Object> sections = new ArrayList<>();
    for (RecordComponent section : root.getRecordComponents()) {
      try {
        String name = Setting.snakeCase(section.getName());
        sections.add(bindSection(name, section.getType(), values));
      } catch (InvalidInputException refused) {
        check.and(refused);
      }
    }
    check.done();
    return construct(root, sections);
  }

  /** The inverse of {@link #bind}: a map of sections in the order of the records. */
  ObjectNode write(Record configuration) {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    for (RecordComponent section : root.getRecordComponents()) {
      tree.set(Setting.snakeCase(section.getName()), section(value(section, configuration)));
    }
    return tree;
  }

  /** A record as a map of its settings. */
  static ObjectNode section(Object record) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = value(component, record);
      node.set(
          Setting.snakeCase(component.getName()),
          component.getType().isRecord() ? section(value) : Setting.write(value));
    }
    return node;
  }

  private static Object bindSection(String name, Class<?> type, Map<String, JsonNode> values) {
    Check check = new Check();
    List<Object> arguments = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Setting setting = Setting.of(name, component);
      try {
        arguments.add(
            component.getType().isRecord()
                ? bindSection(setting.key(), component.getType(), values)
                : setting.read(present(setting, values)));
      } catch (InvalidInputException refused) {
        check.and(refused);
      }
    }
    check.done();
    return construct(type, arguments);
  }

  /**
   * Builds one entry of a setting that is a list of maps; keys that may be null may be left out.
   *
   * @param name of the entry, for example {@code evaluate.sets[0]}
   */
  static Object bindEntry(String name, Class<?> type, JsonNode entry) {
    if (!entry.isObject()) {
      throw new InvalidInputException(
          "Invalid " + name + ": " + Check.shown(entry) + " (must be a map)");
    }
    Map<String, JsonNode> values = new LinkedHashMap<>();
    Set<String> known = new LinkedHashSet<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Setting setting = Setting.of(name, component);
      known.add(setting.key());
      if (setting.optional()) {
        values.put(setting.key(), NullNode.instance);
      }
    }
    Check check = new Check();
    for (Map.Entry<String, JsonNode> setting : entry.properties()) {
      String key = name + "." + setting.getKey();
      if (known.contains(key)) {
        values.put(key, setting.getValue());
      } else {
        check.and(unknown(key, known));
      }
    }
    check.allows(() -> bindSection(name, type, values)).done();
    return bindSection(name, type, values);
  }

  private static JsonNode present(Setting setting, Map<String, JsonNode> values) {
    JsonNode node = values.get(setting.key());
    if (node == null) {
      throw new InvalidInputException("Missing key " + setting.key());
    }
    return node;
  }

  private InvalidInputException unknown(String key, JsonNode value) {
    boolean section = settings.keySet().stream().anyMatch(known -> known.startsWith(key + "."));
    if (section) {
      return new InvalidInputException(
          "Invalid " + key + ": " + Check.shown(value) + " (must be a section)");
    }
    return unknown(key, settings.keySet());
  }

  private static InvalidInputException unknown(String key, Set<String> known) {
    if (key.length() > LONGEST_KEY) {
      return new InvalidInputException("Unknown key " + Check.shown(key));
    }
    String hint =
        NearestName.of(key, known, Schema::distance)
            .map(nearest -> "did you mean " + nearest + "?")
            .orElse("conf/defaults.yaml lists all keys");
    return new InvalidInputException("Unknown key " + key + " (" + hint + ")");
  }

  /**
   * How far apart two keys are: edits between them, or between their last parts when the setting
   * stands in the wrong section.
   */
  private static int distance(String key, String known) {
    int moved = 2 + NearestName.edits(lastPart(key), lastPart(known));
    return Math.min(NearestName.edits(key, known), moved);
  }

  private static String lastPart(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  private static Object construct(Class<?> type, List<Object> arguments) {
    Class<?>[] parameters =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(parameters).newInstance(arguments.toArray());
    } catch (InvocationTargetException refused) {
      if (refused.getCause() instanceof InvalidInputException invalid) {
        throw invalid;
      }
      throw new IllegalStateException("Cannot build " + type.getName(), refused);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(type.getName() + " is not a public record", impossible);
    }
  }

  private static Object value(RecordComponent component, Object owner) {
    try {
      return component.getAccessor().invoke(owner);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(component + " is not readable", impossible);
    }
  }
}
