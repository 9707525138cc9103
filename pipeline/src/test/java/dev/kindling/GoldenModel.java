package dev.kindling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.Weights;
import dev.kindling.pretrained.ModelFolder;
import dev.kindling.pretrained.StoredWeights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * A small model folder as Hugging Face writes it, with what transformers and torch compute from it.
 * The README beside the folders explains {@code golden.json} and its tolerances.
 *
 * @param folder the model folder
 */
public record GoldenModel(Path folder) {
  private static final Path OWN = Path.of("src/test/resources/golden/models");

  // Whole numbers of any size and fractions stay what they are, also 100.0.
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The folder's name, for tests' names. */
  public String name() {
    return folder.getFileName().toString();
  }

  /**
   * Every model with golden values in the folder {@code kindling.golden.models} or its {@code
   * models}, by name; for {@code @MethodSource}. Without it those of the resources.
   */
  public static List<GoldenModel> all() throws IOException {
    Path given = Path.of(System.getProperty("kindling.golden.models", OWN.toString()));
    Path inner = given.resolve("models");
    try (Stream<Path> folders = Files.list(Files.isDirectory(inner) ? inner : given)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("golden.json")))
          .sorted()
          .map(GoldenModel::new)
          .toList();
    }
  }

  /** One model of the resources, for tests that know its shape. */
  public static GoldenModel of(String name) {
    return new GoldenModel(OWN.resolve(name));
  }

  /** A file of the folder. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  /** A JSON file of the folder. */
  public JsonNode json(String file) {
    try {
      return JSON.readTree(file(file).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The golden values: {@code golden.json}. */
  public JsonNode golden() {
    return json("golden.json");
  }

  /** The model folder as the pipeline reads it. */
  public ModelFolder open() throws IOException {
    return ModelFolder.open(new Configuration(), new org.apache.hadoop.fs.Path(folder.toUri()));
  }

  /** The weights, widened to 32 bits, for the caller to close. */
  public Weights weights() throws IOException {
    ModelFolder model = open();
    Weights weights = Weights.allocate(model.shape());
    try (StoredWeights stored = model.weights()) {
      for (Parameter parameter : weights.layout().parameters()) {
        float[] values = new float[(int) parameter.size()];
        stored.read(parameter.offset(), values);
        weights.write(parameter.offset(), values);
      }
    }
    return weights;
  }

  /** An array of integers in the golden values. */
  public static int[] ints(JsonNode array) {
    return JSON.convertValue(array, int[].class);
  }

  /** An array of numbers in the golden values. */
  public static double[] doubles(JsonNode array) {
    return JSON.convertValue(array, double[].class);
  }

  @Override
  public String toString() {
    return name();
  }
}
