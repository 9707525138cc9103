package dev.kindling.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The settings that the arms of a report differ in; not where each arm lies. */
final class SettingsTable {
  private static final Set<String> PLACES = Set.of("run.folder", "run.name");

  private SettingsTable() {}

  /** A row for each setting: its key, and its value in each arm. */
  static List<List<String>> differences(List<Arm> arms) {
    List<Map<String, String>> all =
        arms.stream().map(arm -> settings(arm.configuration())).toList();
    Set<String> keys = new LinkedHashSet<>();
    all.forEach(of -> keys.addAll(of.keySet()));
    keys.removeAll(PLACES);
    List<List<String>> rows = new ArrayList<>();
    for (String key : keys) {
      List<String> values = all.stream().map(of -> of.getOrDefault(key, Numbers.NONE)).toList();
      if (values.stream().distinct().count() > 1) {
        List<String> row = new ArrayList<>(List.of(key));
        row.addAll(values);
        rows.add(row);
      }
    }
    return rows;
  }

  private static Map<String, String> settings(String yaml) {
    Map<String, String> settings = new LinkedHashMap<>();
    try {
      put(settings, "", new YAMLMapper().readTree(yaml));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The effective configuration is no YAML", e);
    }
    return settings;
  }

  private static void put(Map<String, String> settings, String key, JsonNode value) {
    if (value.isObject()) {
      value
          .properties()
          .forEach(
              entry ->
                  put(
                      settings,
                      key.isEmpty() ? entry.getKey() : key + "." + entry.getKey(),
                      entry.getValue()));
    } else {
      settings.put(key, value.isValueNode() ? value.asText() : value.toString());
    }
  }
}
