package dev.kindling.pretrained;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.io.AtomicFile;
import dev.kindling.io.FloatSource;
import dev.kindling.io.FloatType;
import dev.kindling.io.SafetensorsWriter;
import dev.kindling.io.TensorSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes a policy as a model folder that other tools load. Every file is whole or absent, and
 * {@code config.json}, without which no tool takes the folder for a model, comes last. The same
 * export may be repeated; another one into the same folder is refused.
 */
public final class ModelExport {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PIECE = 1 << 18;
  // Older versions of transformers refuse files that do not say so.
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private final SortedMap<String, byte[]> files;
  private final List<TensorSpec> tensors;
  private final ParameterLayout layout;
  private final List<List<TensorSpec>> shards = new ArrayList<>();

  /**
   * Plans an export.
   *
   * @param model the policy's small files
   * @param manifest the tensors that it came with
   * @param type how every tensor is stored; empty keeps the type that each came in
   * @param shardBytes a file of weights ends before it is larger, unless one tensor is, >= 1
   */
  public ModelExport(
      ModelFolder model, WeightManifest manifest, Optional<FloatType> type, long shardBytes) {
    this.layout = ParameterLayout.of(model.shape());
    this.tensors =
        manifest.tensors().stream()
            .map(t -> new TensorSpec(t.name(), type.orElse(t.type()), t.shape()))
            .toList();
    this.files = new TreeMap<>(model.files());
    files.remove(WeightManifest.FILE);
    if (!tensors.equals(manifest.tensors())) {
      files.put(ModelFolder.CONFIG, withType(files.get(ModelFolder.CONFIG), type.orElseThrow()));
    }
    long bytes = 0;
    for (TensorSpec tensor : tensors) {
      if (shards.isEmpty() || bytes + tensor.bytes() > shardBytes) {
        shards.add(new ArrayList<>());
        bytes = 0;
      }
      shards.get(shards.size() - 1).add(tensor);
      bytes += tensor.bytes();
    }
  }

  /** The configuration with another type in whichever key its version of transformers uses. */
  private static byte[] withType(byte[] config, FloatType type) {
    ObjectNode node = (ObjectNode) ModelFields.parse(config, ModelFolder.CONFIG).node();
    node.put(node.has("dtype") ? "dtype" : "torch_dtype", longName(type));
    return (node.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String longName(FloatType type) {
    return switch (type) {
      case F32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
    };
  }

  /** Bytes of all tensors. */
  public long bytes() {
    return tensors.stream().mapToLong(TensorSpec::bytes).sum();
  }

  /** Number of files of weights. */
  public int shards() {
    return shards.size();
  }

  /**
   * Writes the folder.
   *
   * @param weights the flat vector of the policy's parameters
   * @param written told the bytes of tensors written since it was told last
   * @throws InvalidInputException when the folder holds another model or other files
   */
  public void write(FileSystem fileSystem, Path folder, FloatSource weights, LongConsumer written)
      throws IOException {
    claim(fileSystem, folder);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (!file.getKey().equals(ModelFolder.CONFIG)) {
        put(fileSystem, new Path(folder, file.getKey()), file.getValue());
      }
    }
    for (int shard = 0; shard < shards.size(); shard++) {
      List<TensorSpec> specs = shards.get(shard);
      AtomicFile.write(
          fileSystem,
          new Path(folder, shardName(shard)),
          out -> stream(out, specs, weights, written));
    }
    if (shards.size() > 1) {
      put(fileSystem, new Path(folder, WeightFiles.INDEX), index());
    }
    put(fileSystem, new Path(folder, ModelFolder.CONFIG), files.get(ModelFolder.CONFIG));
  }

  private void claim(FileSystem fileSystem, Path folder) throws IOException {
    fileSystem.mkdirs(folder);
    Set<String> own = new LinkedHashSet<>(files.keySet());
    own.add(WeightFiles.INDEX);
    for (int shard = 0; shard < shards.size(); shard++) {
      own.add(shardName(shard));
    }
    for (FileStatus file : fileSystem.listStatus(folder)) {
      if (AtomicFile.isTemporary(file.getPath())) {
        fileSystem.delete(file.getPath(), false);
      } else if (!own.contains(file.getPath().getName())) {
        throw new InvalidInputException(
            "Cannot export to %s: it has %s (must be empty, absent, or of the same export)"
                .formatted(folder, file.getPath().getName()));
      }
    }
  }

  private static void put(FileSystem fileSystem, Path file, byte[] content) throws IOException {
    AtomicFile.write(fileSystem, file, out -> out.write(content));
  }

  private String shardName(int shard) {
    return shards.size() == 1
        ? WeightFiles.SINGLE
        : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", shard + 1, shards.size());
  }

  private void stream(
      OutputStream out, List<TensorSpec> specs, FloatSource weights, LongConsumer written)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(out, METADATA, specs);
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    layout.parameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
    for (TensorSpec spec : specs) {
      // A tensor that is no parameter is the stored copy of a tied embedding.
      Parameter parameter = parameters.getOrDefault(spec.name(), layout.parameters().get(0));
      for (long from = 0; from < parameter.size(); from += PIECE) {
        float[] piece = new float[(int) Math.min(PIECE, parameter.size() - from)];
        weights.read(parameter.offset() + from, piece);
        writer.append(piece, 0, piece.length);
        written.accept((long) piece.length * spec.type().bytes());
      }
    }
    writer.finish();
  }

  private byte[] index() {
    ObjectNode root = JSON.createObjectNode();
    root.putObject("metadata").put("total_size", bytes());
    SortedMap<String, String> map = new TreeMap<>();
    for (int shard = 0; shard < shards.size(); shard++) {
      for (TensorSpec tensor : shards.get(shard)) {
        map.put(tensor.name(), shardName(shard));
      }
    }
    map.forEach(root.putObject("weight_map")::put);
    return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
