package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Verdicts of the data sets' own evaluators. The folder is the system property {@code
 * kindling.golden.verifiers}, else the cases that stand beside the tests.
 */
final class GoldenCases {
  private static final Path FOLDER =
      Path.of(
          System.getProperty("kindling.golden.verifiers", "src/test/resources/golden/verifiers"));

  private GoldenCases() {}

  /** The cases of one kind of one data set, in the order of the file. */
  static List<JsonNode> of(String dataset, String kind) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    List<JsonNode> cases = new ArrayList<>();
    for (String line : Files.readAllLines(FOLDER.resolve(dataset + ".jsonl"))) {
      JsonNode golden = mapper.readTree(line);
      if (golden.get("kind").asText().equals(kind)) {
        cases.add(golden);
      }
    }
    assertThat(cases).as("%s cases of %s in %s", kind, dataset, FOLDER).isNotEmpty();
    return cases;
  }

  /** An array's texts, or the one text. */
  static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    if (node.isTextual()) {
      texts.add(node.asText());
    } else {
      node.forEach(element -> texts.add(element.asText()));
    }
    return texts;
  }
}
