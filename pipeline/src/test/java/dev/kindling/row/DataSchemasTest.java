package dev.kindling.row;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the records and the files under data-schemas together. */
class DataSchemasTest {
  private static final Path FOLDER = Path.of("..", "data-schemas");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  static List<Table<?>> tables() {
    return Table.all();
  }

  @ParameterizedTest
  @MethodSource("tables")
  void fileNamesTheColumnsOfTheRecordWithTheirTypes(Table<?> table) throws IOException {
    List<String> written = new ArrayList<>();
    for (JsonNode column : read(table).get("columns")) {
      written.add(column.get("name").asText() + " " + column.get("type").asText());
    }
    List<String> coded =
        Stream.of(table.schema().fields())
            .map(field -> field.name() + " " + parquetName(field.dataType()))
            .toList();
    assertThat(written).isEqualTo(coded);
  }

  @ParameterizedTest
  @MethodSource("tables")
  void everyColumnIsDescribedInASentence(Table<?> table) throws IOException {
    for (JsonNode column : read(table).get("columns")) {
      assertThat(column.get("description").asText())
          .as(column.get("name").asText())
          .hasSizeGreaterThan(8)
          .endsWith(".");
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void noDescriptionHasTheMarkupOfJavadoc(Table<?> table) throws IOException {
    JsonNode file = read(table);
    List<String> descriptions = new ArrayList<>(List.of(file.get("row").asText()));
    file.get("columns").forEach(column -> descriptions.add(column.get("description").asText()));
    assertThat(descriptions)
        .allSatisfy(text -> assertThat(text).doesNotContainPattern("[{}]|</?\\w+>|&\\w+;"));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void aPrimitiveIsNeverNullAndABoxedNumberMayBe(Table<?> table) throws IOException {
    for (JsonNode column : read(table).get("columns")) {
      StructField field = table.schema().apply(column.get("name").asText());
      boolean number = field.dataType() instanceof NumericType;
      if (number || !field.nullable()) {
        assertThat(column.get("nullable").asBoolean()).as(field.name()).isEqualTo(field.nullable());
      }
    }
  }

  @Test
  void everyFileIsATable() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Table.all().stream().map(table -> table.name() + ".yaml").toList());
    }
  }

  private static JsonNode read(Table<?> table) throws IOException {
    return YAML.readTree(FOLDER.resolve(table.name() + ".yaml").toFile());
  }

  private static String parquetName(DataType type) {
    if (type instanceof ArrayType array) {
      return "list<" + parquetName(array.elementType()) + ">";
    }
    return switch (type.typeName()) {
      case "integer" -> "int32";
      case "long" -> "int64";
      default -> type.typeName();
    };
  }
}
