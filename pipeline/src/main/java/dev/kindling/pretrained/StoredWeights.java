package dev.kindling.pretrained;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.io.FloatSource;
import dev.kindling.io.FloatType;
import dev.kindling.io.SafetensorsReader;
import dev.kindling.io.StoredTensor;
import dev.kindling.io.TensorSpec;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The weights of a model folder as the flat vector of {@link ParameterLayout}, read where they lie.
 * One thread at a time.
 */
public final class StoredWeights implements FloatSource {
  private static final String HEAD = "lm_head.weight";
  private static final int PIECE = 1 << 18;

  private final WeightFiles files;
  private final ParameterLayout layout;
  private final WeightManifest manifest;

  private StoredWeights(WeightFiles files, ParameterLayout layout, WeightManifest manifest) {
    this.files = files;
    this.layout = layout;
    this.manifest = manifest;
  }

  /**
   * Opens the weights and holds them against the shape. A tied output layer that is stored all the
   * same must be the embedding, bit for bit.
   *
   * @throws InvalidInputException naming the folder or file, every tensor that is missing, too many
   *     or of a wrong shape or type, and the rule
   */
  public static StoredWeights open(Configuration hadoop, Path folder, ModelConfig shape)
      throws IOException {
    WeightFiles files = WeightFiles.open(folder.getFileSystem(hadoop), folder);
    try {
      ParameterLayout layout = ParameterLayout.of(shape);
      check(folder, files, layout);
      List<TensorSpec> specs =
          files.byTensor().entrySet().stream()
              .map(entry -> spec(entry.getValue().tensor(entry.getKey())))
              .toList();
      return new StoredWeights(files, layout, new WeightManifest(specs));
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private static TensorSpec spec(StoredTensor tensor) {
    return new TensorSpec(
        tensor.name(), FloatType.of(tensor.dtype()).orElseThrow(), tensor.shape());
  }

  private static void check(Path folder, WeightFiles files, ParameterLayout layout)
      throws IOException {
    Map<String, Parameter> wanted = new HashMap<>();
    layout.parameters().forEach(parameter -> wanted.put(parameter.name(), parameter));
    boolean copy = !wanted.containsKey(HEAD) && files.byTensor().containsKey(HEAD);
    if (copy) {
      wanted.put(HEAD, layout.parameters().get(0));
    }
    Check check = new Check();
    for (Parameter parameter : layout.parameters()) {
      check.that(
          files.byTensor().containsKey(parameter.name()),
          "weights in " + folder,
          "no tensor " + parameter.name(),
          "must have every parameter that config.json implies");
    }
    files
        .byTensor()
        .forEach(
            (name, file) -> {
              StoredTensor tensor = file.tensor(name);
              String thing = "tensor " + name + " in " + file.file();
              Parameter parameter = wanted.get(name);
              check
                  .that(parameter != null, thing, "extra", "must be a parameter of config.json")
                  .that(
                      parameter == null || tensor.shape().equals(WeightManifest.shape(parameter)),
                      thing,
                      tensor.shape(),
                      "must be " + (parameter == null ? "" : WeightManifest.shape(parameter)))
                  .that(
                      FloatType.of(tensor.dtype()).isPresent(),
                      thing,
                      tensor.dtype(),
                      "must be F32, F16 or BF16");
            });
    check.done();
    if (copy) {
      checkCopy(files, layout.parameters().get(0));
    }
  }

  private static void checkCopy(WeightFiles files, Parameter embedding) throws IOException {
    SafetensorsReader head = files.byTensor().get(HEAD);
    SafetensorsReader source = files.byTensor().get(embedding.name());
    boolean equal = head.tensor(HEAD).dtype().equals(source.tensor(embedding.name()).dtype());
    float[] left = new float[PIECE];
    float[] right = new float[PIECE];
    for (long from = 0; equal && from < embedding.size(); from += PIECE) {
      int count = (int) Math.min(PIECE, embedding.size() - from);
      head.read(HEAD, from, left, 0, count);
      source.read(embedding.name(), from, right, 0, count);
      for (int i = 0; i < count; i++) {
        equal &= Float.floatToRawIntBits(left[i]) == Float.floatToRawIntBits(right[i]);
      }
    }
    if (!equal) {
      throw new InvalidInputException(
          "Invalid tensor %s in %s: another than %s (must equal it bit for bit while tie_word_embeddings is true)"
              .formatted(HEAD, head.file(), embedding.name()));
    }
  }

  /** The tensors as they are stored, for an export. */
  public WeightManifest manifest() {
    return manifest;
  }

  /** Reads elements of the flat vector, widened to 32 bits. */
  @Override
  public void read(long from, float[] out) throws IOException {
    int done = 0;
    while (done < out.length) {
      Parameter parameter = layout.parameters().get(layout.indexAt(from + done));
      long within = from + done - parameter.offset();
      int count = (int) Math.min(out.length - done, parameter.size() - within);
      files.byTensor().get(parameter.name()).read(parameter.name(), within, out, done, count);
      done += count;
    }
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
