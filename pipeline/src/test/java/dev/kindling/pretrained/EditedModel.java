package dev.kindling.pretrained;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.GoldenModel;
import dev.kindling.io.FloatType;
import dev.kindling.io.SafetensorsReader;
import dev.kindling.io.SafetensorsWriter;
import dev.kindling.io.StoredTensor;
import dev.kindling.io.TensorSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * A copy of a golden model that a test changes.
 *
 * @param folder the copy
 */
record EditedModel(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One tensor.
   *
   * @param spec name, type and shape
   * @param values its elements, widened to 32 bits
   */
  record Values(TensorSpec spec, float[] values) {}

  /** Copies everything but the golden values. */
  static EditedModel of(GoldenModel model, Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(model.folder())) {
      for (Path file : files.filter(f -> !f.endsWith("golden.json")).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    return new EditedModel(folder);
  }

  /** The folder as Hadoop names it. */
  org.apache.hadoop.fs.Path path() {
    return new org.apache.hadoop.fs.Path(folder.toUri());
  }

  /** A file as Hadoop names it. */
  org.apache.hadoop.fs.Path path(String file) {
    return new org.apache.hadoop.fs.Path(path(), file);
  }

  /** Changes a JSON file. */
  void edit(String file, Consumer<ObjectNode> change) throws IOException {
    Path path = folder.resolve(file);
    ObjectNode node = (ObjectNode) JSON.readTree(path.toFile());
    change.accept(node);
    Files.write(path, JSON.writeValueAsBytes(node));
  }

  /** Every tensor of a file of weights, in its order. */
  Map<String, Values> tensors(String file) {
    Map<String, Values> tensors = new LinkedHashMap<>();
    try (SafetensorsReader reader =
        SafetensorsReader.open(FileSystem.getLocal(new Configuration()), path(file))) {
      for (StoredTensor tensor : reader.tensors().values()) {
        FloatType type = FloatType.of(tensor.dtype()).orElseThrow();
        tensors.put(
            tensor.name(),
            new Values(
                new TensorSpec(tensor.name(), type, tensor.shape()), reader.read(tensor.name())));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tensors;
  }

  /** Changes the tensors of a file of weights. */
  void editTensors(String file, Consumer<Map<String, Values>> change) throws IOException {
    Map<String, Values> tensors = tensors(file);
    change.accept(tensors);
    List<TensorSpec> specs = tensors.values().stream().map(Values::spec).toList();
    try (OutputStream out = Files.newOutputStream(folder.resolve(file))) {
      SafetensorsWriter writer = new SafetensorsWriter(out, Map.of(), specs);
      for (Values tensor : tensors.values()) {
        writer.append(tensor.values(), 0, tensor.values().length);
      }
      writer.finish();
    }
  }

  /** The model as the pipeline reads it, its weights opened and closed. */
  ModelFolder open() throws IOException {
    ModelFolder model = ModelFolder.open(new Configuration(), path());
    model.weights().close();
    return model;
  }
}
