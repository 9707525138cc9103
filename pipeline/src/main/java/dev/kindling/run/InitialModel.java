package dev.kindling.run;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.LfsPointer;
import dev.kindling.check.Sha256;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.ModelConf;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.engine.model.Weights;
import dev.kindling.engine.text.ByteTokenizer;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.CheckpointVector;
import dev.kindling.io.Commit;
import dev.kindling.io.FileMistake;
import dev.kindling.io.FloatSource;
import dev.kindling.io.RunFolder;
import dev.kindling.io.SliceRange;
import dev.kindling.io.StoredFile;
import dev.kindling.io.UserPath;
import dev.kindling.pretrained.ModelFolder;
import dev.kindling.pretrained.NewModel;
import dev.kindling.pretrained.StoredWeights;
import dev.kindling.pretrained.WeightManifest;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * The policy that a run begins with: a new one, the last one of another run, or a model as it is
 * downloaded from Hugging Face.
 */
final class InitialModel implements Closeable {
  private static final String BYTES = "bytes";
  private static final String CHARACTERS = "characters:";

  private final ModelConfig shape;
  private final SortedMap<String, byte[]> files;
  private final FloatSource weights;

  private InitialModel(ModelConfig shape, SortedMap<String, byte[]> files, FloatSource weights) {
    this.shape = shape;
    this.files = files;
    this.weights = weights;
  }

  /**
   * The policy that the configuration asks for; its weights are read when they are written.
   *
   * @throws InvalidInputException naming what of the checkpoint or the tokenizer cannot be used
   */
  static InitialModel of(org.apache.hadoop.conf.Configuration hadoop, Configuration conf)
      throws IOException {
    if (conf.model().checkpoint().isEmpty()) {
      return untrained(hadoop, conf);
    }
    Path path = UserPath.of(conf.model().checkpoint().get());
    if (RunFolder.exists(hadoop, path)) {
      return ofRun(hadoop, RunFolder.open(hadoop, path));
    } else if (ModelFolder.exists(hadoop, path)) {
      return ofFolder(ModelFolder.open(hadoop, path));
    }
    throw new InvalidInputException(
        "Invalid model.checkpoint: %s (must be a run folder, with config.yaml, or a Hugging Face model folder, with config.json)"
            .formatted(path));
  }

  private static InitialModel untrained(
      org.apache.hadoop.conf.Configuration hadoop, Configuration conf) throws IOException {
    ModelConf model = conf.model();
    byte[] json = tokenizer(hadoop, model.tokenizer());
    try (Tokenizer tokenizer = new Tokenizer(json, model.tokenizer())) {
      ModelConfig shape = shape(model, tokenizer.vocab());
      String end = endOfSequence(conf);
      return new InitialModel(
          shape,
          NewModel.files(shape, json, end, tokenizer.token("sampler.end_of_sequence", end)),
          Weights.random(shape, conf.run().seed(), model.initStd()));
    }
  }

  private static String endOfSequence(Configuration conf) {
    String tokenizer = conf.model().tokenizer();
    return conf.sampler()
        .endOfSequence()
        .or(() -> isOwn(tokenizer) ? Optional.of(ByteTokenizer.END_OF_SEQUENCE) : Optional.empty())
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "Missing sampler.end_of_sequence (a new policy with the tokenizer %s has none)"
                        .formatted(tokenizer)));
  }

  private static boolean isOwn(String tokenizer) {
    return tokenizer.equals(BYTES) || tokenizer.startsWith(CHARACTERS);
  }

  private static InitialModel ofRun(org.apache.hadoop.conf.Configuration hadoop, RunFolder origin)
      throws IOException {
    Commit commit =
        origin
            .lastCommit()
            .orElseThrow(() -> new InvalidInputException("No committed step in " + origin.root()));
    Path checkpoint = origin.checkpoint(commit.step());
    commit.verify(origin.fileSystem(), checkpoint);
    origin.readCommit(0).verifyInputs(origin.fileSystem(), origin.root());
    ModelFolder model = ModelFolder.open(hadoop, origin.model());
    return new InitialModel(
        model.shape(),
        model.files(),
        CheckpointVector.open(origin.fileSystem(), checkpoint, commit.checkpoint()));
  }

  private static InitialModel ofFolder(ModelFolder model) throws IOException {
    StoredWeights weights = model.weights();
    SortedMap<String, byte[]> files = new TreeMap<>(model.files());
    files.put(WeightManifest.FILE, weights.manifest().json());
    return new InitialModel(model.shape(), files, weights);
  }

  /** Writes the small files that belong to the policy; gives their digests, by their paths. */
  Map<String, String> writeFiles(RunFolder folder) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      folder.write(new Path(folder.model(), file.getKey()), file.getValue());
      String path = folder.model().getName() + "/" + file.getKey();
      digests.put(path, Sha256.of(file.getValue()));
    }
    return digests;
  }

  /** Writes the slices of step 0: the weights, and moments of zero. */
  List<StoredFile> writeSlices(RunFolder folder, int slices) throws IOException {
    List<SliceRange> ranges = SliceRange.split(ParameterLayout.of(shape).size(), slices);
    List<StoredFile> written = new ArrayList<>();
    for (int slice = 0; slice < slices; slice++) {
      written.add(
          CheckpointSlice.writeFirst(
              folder.fileSystem(), folder.slice(0, slice, slices), ranges.get(slice), weights));
    }
    return written;
  }

  @Override
  public void close() throws IOException {
    weights.close();
  }

  private static byte[] tokenizer(org.apache.hadoop.conf.Configuration hadoop, String setting)
      throws IOException {
    if (setting.equals(BYTES)) {
      return ByteTokenizer.ofAllBytes();
    }
    if (setting.startsWith(CHARACTERS)) {
      return ByteTokenizer.of(setting.substring(CHARACTERS.length()));
    }
    Path file = UserPath.of(setting);
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      byte[] json = in.readAllBytes();
      LfsPointer.refuse(json, file + " (model.tokenizer)");
      return json;
    } catch (FileNotFoundException e) {
      throw new InvalidInputException(
          "Invalid model.tokenizer: "
              + setting
              + " (must be bytes, characters:<alphabet> or the path of a tokenizer.json)",
          e);
    } catch (IOException e) {
      throw FileMistake.of("Cannot read " + file + " (model.tokenizer): " + e.getMessage(), e);
    }
  }

  private static ModelConfig shape(ModelConf model, int vocab) {
    return new ModelConfig(
        vocab,
        model.hidden(),
        model.layers(),
        model.heads(),
        model.kvHeads(),
        model.headDim(),
        model.intermediate(),
        model.maxPositions(),
        model.ropeTheta(),
        RopeScaling.NONE,
        model.normEps(),
        model.qkNorm(),
        model.qkvBias(),
        model.tiedHead());
  }
}
