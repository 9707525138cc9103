package dev.kindling.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** The sentences that {@code data-schemas/} has for the columns of the tables. */
final class DataSchemas {
  private DataSchemas() {}

  /** What each column of a table is, by its name. */
  static Map<String, String> columns(String table) {
    Map<String, String> columns = new LinkedHashMap<>();
    try {
      JsonNode file =
          new YAMLMapper().readTree(Template.resource("/data-schemas/" + table + ".yaml"));
      for (JsonNode column : file.get("columns")) {
        columns.put(column.get("name").asText(), column.get("description").asText());
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The schema of " + table + " in the jar is no YAML", e);
    }
    return columns;
  }
}
