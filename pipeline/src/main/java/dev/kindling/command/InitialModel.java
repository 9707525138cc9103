package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.ModelConf;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Weights;
import dev.kindling.engine.text.ByteTokenizer;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.RunFolder;
import dev.kindling.io.SliceRange;
import dev.kindling.io.StoredFile;
import dev.kindling.pretrained.ModelConfigFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** The policy that a run begins with: a new one, or the last one of another run. */
final class InitialModel {
  private static final String CHARACTERS = "characters:";

  private final ModelConfig shape;
  private final byte[] tokenizerJson;
  private final RunFolder origin;

  private InitialModel(ModelConfig shape, byte[] tokenizerJson, RunFolder origin) {
    this.shape = shape;
    this.tokenizerJson = tokenizerJson;
    this.origin = origin;
  }

  /** The policy that the configuration asks for. */
  static InitialModel of(org.apache.hadoop.conf.Configuration hadoop, Configuration conf)
      throws IOException {
    ModelConf model = conf.model();
    if (model.checkpoint().isEmpty()) {
      byte[] tokenizer = tokenizer(hadoop, model.tokenizer());
      return new InitialModel(shape(model, vocab(tokenizer, model.tokenizer())), tokenizer, null);
    }
    Path path = new Path(model.checkpoint().get());
    String parent = path.getParent() == null ? Path.CUR_DIR : path.getParent().toString();
    RunFolder origin = RunFolder.open(hadoop, parent, path.getName());
    return new InitialModel(
        ModelConfigFile.parse(origin.read(origin.modelConfig()), origin.modelConfig().toString()),
        origin.read(origin.tokenizer()),
        origin);
  }

  ModelConfig shape() {
    return shape;
  }

  byte[] tokenizerJson() {
    return tokenizerJson;
  }

  /** Writes the slices of step 0: the origin's weights or new ones, and moments of zero. */
  List<StoredFile> write(RunFolder folder, Configuration conf) throws IOException {
    try (Weights weights =
        origin == null
            ? Weights.random(shape, conf.run().seed(), conf.model().initStd())
            : copied()) {
      int slices = conf.trainer().slices();
      List<SliceRange> ranges = SliceRange.split(weights.layout().size(), slices);
      List<StoredFile> files = new ArrayList<>();
      for (int slice = 0; slice < slices; slice++) {
        SliceRange range = ranges.get(slice);
        float[] parameters = new float[range.length()];
        weights.read(range.from(), parameters);
        files.add(
            new CheckpointSlice(
                    range, 0, 0, parameters, new float[range.length()], new float[range.length()])
                .write(folder.fileSystem(), folder.slice(0, slice, slices)));
      }
      return files;
    }
  }

  private Weights copied() throws IOException {
    long step =
        origin
            .lastCommit()
            .orElseThrow(() -> new InvalidInputException("No committed step in " + origin.root()))
            .step();
    origin.readCommit(step).verify(origin.fileSystem(), origin.checkpoint(step));
    Weights weights = Weights.allocate(shape);
    for (StoredFile file : origin.readCommit(step).checkpoint()) {
      CheckpointSlice.Parameters slice =
          CheckpointSlice.readParameters(
              origin.fileSystem(), new Path(origin.checkpoint(step), file.name()));
      weights.write(slice.range().from(), slice.values());
    }
    return weights;
  }

  private static byte[] tokenizer(org.apache.hadoop.conf.Configuration hadoop, String setting)
      throws IOException {
    if (setting.equals("bytes")) {
      return ByteTokenizer.ofAllBytes();
    }
    if (setting.startsWith(CHARACTERS)) {
      return ByteTokenizer.of(setting.substring(CHARACTERS.length()));
    }
    Path file = new Path(setting);
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      throw new InvalidInputException(
          "Invalid model.tokenizer: "
              + setting
              + " (must be bytes, characters:<alphabet> or the path of a tokenizer.json)",
          e);
    }
  }

  private static int vocab(byte[] tokenizerJson, String source) {
    try (Tokenizer tokenizer = new Tokenizer(tokenizerJson, source)) {
      return tokenizer.vocab();
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
        model.normEps(),
        model.qkNorm(),
        model.qkvBias(),
        model.tiedHead());
  }
}
