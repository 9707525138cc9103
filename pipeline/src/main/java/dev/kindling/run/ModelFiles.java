package dev.kindling.run;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.LfsPointer;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.ModelConf;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.engine.text.ByteTokenizer;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.io.FileMistake;
import dev.kindling.io.RunFolder;
import dev.kindling.io.UserPath;
import dev.kindling.pretrained.ModelFolder;
import dev.kindling.pretrained.NewModel;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.hadoop.fs.Path;

/**
 * Shape, tokenizer and small files of the policy that a configuration asks for; of its weights
 * nothing is read.
 *
 * @param shape the policy's, with all positions that it allows
 * @param files by their names in a model folder
 * @param folder where they were read; empty where they were made
 * @param run the run whose last policy it is; empty otherwise
 */
record ModelFiles(
    ModelConfig shape,
    SortedMap<String, byte[]> files,
    Optional<ModelFolder> folder,
    Optional<RunFolder> run) {
  private static final String BYTES = "bytes";
  private static final String CHARACTERS = "characters:";

  /**
   * Reads or makes the files.
   *
   * @throws InvalidInputException naming what of the checkpoint or the tokenizer cannot be used
   */
  static ModelFiles of(org.apache.hadoop.conf.Configuration hadoop, Configuration conf)
      throws IOException {
    if (conf.model().checkpoint().isEmpty()) {
      return untrained(hadoop, conf);
    }
    Path path = UserPath.of(conf.model().checkpoint().get());
    if (RunFolder.exists(hadoop, path)) {
      RunFolder run = RunFolder.open(hadoop, path);
      if (run.lastCommit().isEmpty()) {
        throw new InvalidInputException("No committed step in " + run.root());
      }
      return of(ModelFolder.open(hadoop, run.model()), Optional.of(run));
    } else if (ModelFolder.exists(hadoop, path)) {
      return of(ModelFolder.open(hadoop, path), Optional.empty());
    }
    throw new InvalidInputException(
        "Invalid model.checkpoint: %s (must be a run folder, with config.yaml, or a Hugging Face model folder, with config.json)"
            .formatted(path));
  }

  private static ModelFiles of(ModelFolder folder, Optional<RunFolder> run) {
    return new ModelFiles(folder.shape(), folder.files(), Optional.of(folder), run);
  }

  private static ModelFiles untrained(
      org.apache.hadoop.conf.Configuration hadoop, Configuration conf) throws IOException {
    ModelConf model = conf.model();
    byte[] json = tokenizer(hadoop, model.tokenizer());
    try (Tokenizer tokenizer = new Tokenizer(json, model.tokenizer())) {
      ModelConfig shape = shape(model, tokenizer.vocab());
      String end = endOfSequence(conf);
      return new ModelFiles(
          shape,
          NewModel.files(shape, json, end, tokenizer.token("sampler.end_of_sequence", end)),
          Optional.empty(),
          Optional.empty());
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
