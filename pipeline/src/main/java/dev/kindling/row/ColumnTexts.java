package dev.kindling.row;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The descriptions of a table's columns: those of data-schemas, which come with the jar. */
public final class ColumnTexts {
  private ColumnTexts() {}

  /**
   * Descriptions by column, in the order of the file.
   *
   * @param table its name, for example {@code 2-rollouts}
   */
  public static Map<String, String> of(String table) {
    String file = "/data-schemas/" + table + ".yaml";
    try (InputStream in = ColumnTexts.class.getResourceAsStream(file)) {
      Map<String, String> texts = new LinkedHashMap<>();
      for (JsonNode column : new YAMLMapper().readTree(in).get("columns")) {
        texts.put(column.get("name").asText(), column.get("description").asText());
      }
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
