package dev.kindling.pretrained;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.io.FloatType;
import dev.kindling.io.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a model folder as it was read: names, types, shapes and order, so that an export
 * writes the same ones. A run keeps it as a small JSON file.
 *
 * @param tensors every stored tensor, a tied output layer only where the folder stores it
 */
public record WeightManifest(List<TensorSpec> tensors) {
  /** The file's name in a run's model folder. */
  public static final String FILE = "kindling-weights.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The tensors of a policy that began here: every parameter in the layout's order, as float32. */
  public static WeightManifest of(ParameterLayout layout) {
    return new WeightManifest(
        layout.parameters().stream()
            .map(parameter -> new TensorSpec(parameter.name(), FloatType.F32, shape(parameter)))
            .toList());
  }

  /** A parameter's shape as safetensors files have it. */
  static List<Long> shape(Parameter parameter) {
    return parameter.shape().stream().map(Integer::longValue).toList();
  }

  /** The file's content. */
  public byte[] json() {
    ArrayNode list = JSON.createArrayNode();
    for (TensorSpec tensor : tensors) {
      ObjectNode node = list.addObject();
      node.put("name", tensor.name()).put("dtype", tensor.type().name());
      tensor.shape().forEach(node.withArray("shape")::add);
    }
    return (JSON.createObjectNode().set("tensors", list).toPrettyString() + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @param source where the bytes came from, for messages
   * @throws InvalidInputException when it is something else
   */
  public static WeightManifest parse(byte[] json, String source) {
    List<TensorSpec> tensors = new ArrayList<>();
    for (JsonNode node : ModelFields.parse(json, source).node().path("tensors")) {
      ModelFields fields = new ModelFields(node, source);
      FloatType type =
          FloatType.of(fields.text("dtype", ""))
              .orElseThrow(
                  () ->
                      new InvalidInputException(
                          "Invalid dtype in %s: %s (must be F32, F16 or BF16)"
                              .formatted(source, node.path("dtype"))));
      List<Long> shape = new ArrayList<>();
      node.path("shape").forEach(length -> shape.add(length.asLong()));
      tensors.add(new TensorSpec(fields.text("name", ""), type, shape));
    }
    return new WeightManifest(tensors);
  }
}
