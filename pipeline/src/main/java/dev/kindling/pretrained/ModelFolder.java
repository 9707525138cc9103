package dev.kindling.pretrained;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.LfsPointer;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.ParameterLayout;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A model folder as it is downloaded from Hugging Face, on any Hadoop file system. Nothing in it is
 * ever executed: neither code nor pickles are read.
 */
public final class ModelFolder {
  /** The file that makes a folder a model folder: the model's shape. */
  public static final String CONFIG = "config.json";

  /** The tokenizer. */
  public static final String TOKENIZER = "tokenizer.json";

  /** How the tokenizer is used, for example its special tokens. */
  public static final String TOKENIZER_CONFIG = "tokenizer_config.json";

  /** How to sample from the model, for example the tokens that end an answer. */
  public static final String GENERATION_CONFIG = "generation_config.json";

  // Tokenizers of 250 thousand tokens take 40 MB.
  private static final long MOST_BYTES = 256L << 20;
  private static final List<String> KEPT_ENDINGS =
      List.of(".json", ".jinja", ".txt", ".model", ".md");
  private static final List<String> KEPT_NAMES = List.of("LICENSE", "NOTICE");

  private final FileSystem fileSystem;
  private final Path path;
  private final SortedMap<String, byte[]> files;
  private final ModelConfig shape;

  private ModelFolder(
      FileSystem fileSystem, Path path, SortedMap<String, byte[]> files, ModelConfig shape) {
    this.fileSystem = fileSystem;
    this.path = path;
    this.files = files;
    this.shape = shape;
  }

  /** Whether a folder has a {@code config.json}. */
  public static boolean exists(Configuration hadoop, Path folder) throws IOException {
    return folder.getFileSystem(hadoop).exists(new Path(folder, CONFIG));
  }

  /**
   * Reads the small files of a folder.
   *
   * @throws InvalidInputException naming the file and the rule, when the model is not supported,
   *     has no {@code tokenizer.json}, or a small file is larger than 256 MiB
   */
  public static ModelFolder open(Configuration hadoop, Path folder) throws IOException {
    FileSystem fileSystem = folder.getFileSystem(hadoop);
    Path path = fileSystem.makeQualified(folder);
    SortedMap<String, byte[]> files = new TreeMap<>();
    FileStatus[] entries = fileSystem.listStatus(path);
    Arrays.sort(entries, Comparator.comparing(FileStatus::getPath));
    for (FileStatus entry : entries) {
      if (entry.isFile() && isKept(entry.getPath().getName())) {
        files.put(entry.getPath().getName(), read(fileSystem, entry));
      }
    }
    for (String needed : List.of(CONFIG, TOKENIZER)) {
      if (!files.containsKey(needed)) {
        throw new InvalidInputException(
            "Cannot read %s: it has no %s (must be a model folder as downloaded from Hugging Face)"
                .formatted(path, needed));
      }
    }
    Path config = new Path(path, CONFIG);
    return new ModelFolder(
        fileSystem,
        path,
        files,
        ModelConfigFile.parseAnyWindow(files.get(CONFIG), config.toString()));
  }

  private static boolean isKept(String name) {
    if (name.startsWith(".") || name.equals(WeightFiles.INDEX)) {
      return false;
    }
    return KEPT_ENDINGS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith)
        || KEPT_NAMES.stream().anyMatch(name::startsWith);
  }

  private static byte[] read(FileSystem fileSystem, FileStatus file) throws IOException {
    if (file.getLen() > MOST_BYTES) {
      throw new InvalidInputException(
          "Cannot read %s: it has %d bytes (must be <= %d, as only weights are larger)"
              .formatted(file.getPath(), file.getLen(), MOST_BYTES));
    }
    try (InputStream in = fileSystem.open(file.getPath())) {
      byte[] content = in.readAllBytes();
      LfsPointer.refuse(content, file.getPath().toString());
      return content;
    }
  }

  /** Where the folder is, with its file system. */
  public Path path() {
    return path;
  }

  /** The model's shape, a sliding window left aside: it has no parameters. */
  public ModelConfig shape() {
    return shape;
  }

  /**
   * The model's shape for sequences of at most {@code mostPositions} tokens, or fewer where it
   * allows only fewer.
   *
   * @throws InvalidInputException when attention has a window that is shorter
   */
  public ModelConfig shape(int mostPositions) {
    return ModelConfigFile.parse(
        files.get(CONFIG), mostPositions, new Path(path, CONFIG).toString());
  }

  /**
   * Every file that belongs to the model and is neither weights nor code, byte for byte: the
   * configuration, the tokenizer's files, chat templates, licences and notes.
   */
  public SortedMap<String, byte[]> files() {
    return Collections.unmodifiableSortedMap(files);
  }

  /**
   * The tensors that the model came with, as a run's model folder remembers them; those of a policy
   * that began in a run are its parameters as float32.
   */
  public WeightManifest manifest() {
    byte[] json = files.get(WeightManifest.FILE);
    return json == null
        ? WeightManifest.of(ParameterLayout.of(shape))
        : WeightManifest.parse(json, new Path(path, WeightManifest.FILE).toString());
  }

  /**
   * Opens the weights, for the caller to close.
   *
   * @throws InvalidInputException naming the file, the tensor and the rule, when they are not those
   *     of the shape
   */
  public StoredWeights weights() throws IOException {
    return StoredWeights.open(fileSystem.getConf(), path, shape);
  }
}
