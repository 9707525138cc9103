package dev.kindling.command;

import dev.kindling.io.AtomicFile;
import dev.kindling.io.RunFolder;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The quick start's base policy: a model folder that comes in the jar, or a run that has pretrained
 * one in its place. {@code docs/quickstart.md} says how it was made.
 */
final class QuickStartBase {
  /** Its folder in that of the quick start. */
  static final String FOLDER = "base";

  static final String RESOURCES = "/conf/quickstart-base/";

  /** The files of the model folder. */
  static final List<String> FILES =
      List.of(
          "config.json",
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "model.safetensors");

  private final FileSystem files;
  private final Path folder;

  /**
   * The base of a quick start.
   *
   * @param root folder of the quick start
   */
  QuickStartBase(FileSystem files, Path root) {
    this.files = files;
    this.folder = new Path(root, FOLDER);
  }

  /** Whether a run has begun to pretrain one here. */
  boolean isPretrained() throws IOException {
    return RunFolder.exists(files.getConf(), folder);
  }

  /** Whether the one of the jar lies here. */
  boolean isUnpacked() throws IOException {
    return files.exists(new Path(folder, FILES.get(FILES.size() - 1)));
  }

  /** Writes the files that come in the jar, where they are not yet. */
  void unpack() throws IOException {
    for (String name : FILES) {
      try (InputStream in = QuickStartBase.class.getResourceAsStream(RESOURCES + name)) {
        if (in == null) {
          throw new IllegalStateException("The jar lacks " + RESOURCES + name);
        }
        AtomicFile.write(files, new Path(folder, name), in::transferTo);
      }
    }
  }
}
