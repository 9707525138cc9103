package dev.kindling.pretrained;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.check.InvalidInputException;
import dev.kindling.check.LfsPointer;
import dev.kindling.io.SafetensorsReader;
import dev.kindling.io.StoredTensor;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The open safetensors files of a model folder: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} names. The index's {@code weight_map} must agree with the
 * shards in both directions; its {@code metadata} is for people and not looked at.
 */
final class WeightFiles implements Closeable {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";
  private static final String WEIGHT_MAP = "weight_map";
  private static final List<String> PICKLED = List.of(".bin", ".pt", ".pth", ".ckpt");

  private final Map<String, SafetensorsReader> files = new LinkedHashMap<>();
  private final Map<String, SafetensorsReader> byTensor = new LinkedHashMap<>();

  private WeightFiles() {}

  /**
   * Opens the files and checks their headers and the index.
   *
   * @throws InvalidInputException naming the file, the tensor and the rule
   */
  static WeightFiles open(FileSystem fileSystem, Path folder) throws IOException {
    WeightFiles weights = new WeightFiles();
    try {
      boolean single = fileSystem.exists(new Path(folder, SINGLE));
      boolean indexed = fileSystem.exists(new Path(folder, INDEX));
      if (indexed) {
        weights.addShards(fileSystem, folder);
        if (single && !weights.files.containsKey(SINGLE)) {
          throw new InvalidInputException(
              "Cannot read %s: it has %s and %s, which does not name it (must have one of them)"
                  .formatted(folder, SINGLE, INDEX));
        }
      } else if (single) {
        weights.add(fileSystem, folder, SINGLE);
      } else {
        throw noWeights(fileSystem, folder);
      }
      return weights;
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private static InvalidInputException noWeights(FileSystem fileSystem, Path folder)
      throws IOException {
    for (FileStatus file : fileSystem.listStatus(folder)) {
      String name = file.getPath().getName().toLowerCase(Locale.ROOT);
      if (PICKLED.stream().anyMatch(name::endsWith)) {
        return new InvalidInputException(
            "Cannot read %s: its weights are pickled in %s, which may run any code and is never read (convert them to safetensors: in transformers, load the model and save_pretrained)"
                .formatted(folder, file.getPath().getName()));
      }
    }
    return new InvalidInputException(
        "Cannot read %s: it has neither %s nor %s".formatted(folder, SINGLE, INDEX));
  }

  private SafetensorsReader add(FileSystem fileSystem, Path folder, String name)
      throws IOException {
    Path path = new Path(folder, name);
    if (!fileSystem.exists(path)) {
      throw new InvalidInputException(
          "Cannot read %s: it is missing, but %s names it".formatted(path, INDEX));
    }
    SafetensorsReader reader = SafetensorsReader.open(fileSystem, path);
    files.put(name, reader);
    reader.tensors().values().stream()
        .filter(tensor -> !isComputed(tensor.name()))
        .sorted(Comparator.comparingLong(StoredTensor::begin))
        .forEach(tensor -> byTensor.put(tensor.name(), reader));
    return reader;
  }

  /** Older versions of transformers store frequencies, which newer ones pass over as well. */
  private static boolean isComputed(String tensor) {
    return tensor.endsWith("rotary_emb.inv_freq");
  }

  private void addShards(FileSystem fileSystem, Path folder) throws IOException {
    Path index = new Path(folder, INDEX);
    ModelFields fields;
    try (InputStream in = fileSystem.open(index)) {
      byte[] json = in.readAllBytes();
      LfsPointer.refuse(json, index.toString());
      fields = ModelFields.parse(json, index.toString());
    }
    Map<String, String> shardOf = new TreeMap<>();
    fields.require(fields.has(WEIGHT_MAP), WEIGHT_MAP, "must map tensors to files");
    for (Map.Entry<String, JsonNode> entry : fields.object(WEIGHT_MAP).node().properties()) {
      String shard = entry.getValue().asText();
      if (!shard.endsWith(".safetensors") || shard.contains("/") || shard.contains("\\")) {
        throw new InvalidInputException(
            "Invalid %s in %s: tensor %s is in '%s' (must be a .safetensors file of the folder)"
                .formatted(WEIGHT_MAP, index, entry.getKey(), shard));
      }
      shardOf.put(entry.getKey(), shard);
    }
    for (String shard : shardOf.values().stream().sorted().distinct().toList()) {
      for (String tensor : add(fileSystem, folder, shard).tensors().keySet()) {
        if (!isComputed(tensor) && !shard.equals(shardOf.get(tensor))) {
          throw new InvalidInputException(
              "Cannot read %s: tensor %s is in %s, the index says %s"
                  .formatted(folder, tensor, shard, shardOf.getOrDefault(tensor, "nothing of it")));
        }
      }
    }
    shardOf.forEach(
        (tensor, shard) -> {
          if (!files.get(shard).tensors().containsKey(tensor)) {
            throw new InvalidInputException(
                "Cannot read %s: tensor %s is not in %s, where the index has it"
                    .formatted(folder, tensor, shard));
          }
        });
  }

  /** The file of each tensor: files by name, the tensors of one in the order of their bytes. */
  Map<String, SafetensorsReader> byTensor() {
    return byTensor;
  }

  @Override
  public void close() throws IOException {
    for (SafetensorsReader file : files.values()) {
      file.close();
    }
  }
}
