package dev.kindling.io;

import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Files of a store of objects such as S3, where one appears whole when its stream is closed and not
 * at all when the stream is aborted. There a rename would be a copy, and a hidden file beside the
 * target of no use. Stores that can make a file only where there is none do.
 */
final class ObjectFile {
  // Hadoop before 3.4.2 has no name for them, and no store that knows them.
  private static final String IF_ABSENT = "fs.option.create.conditional.overwrite";
  private static final String IF_SAME = IF_ABSENT + ".etag";

  private ObjectFile() {}

  /** Whether the file at a path is, or would be, one of these. */
  static boolean isOne(FileSystem fileSystem, Path path) throws IOException {
    return fileSystem.hasPathCapability(path, CommonPathCapabilities.ABORTABLE_STREAM);
  }

  /** Whether the store compares and writes in one. */
  static boolean isConditional(FileSystem fileSystem, Path path) throws IOException {
    return isOne(fileSystem, path)
        && fileSystem.hasPathCapability(path, IF_ABSENT)
        && fileSystem.hasPathCapability(path, IF_SAME);
  }

  /**
   * Writes a file that is not there; see {@link AtomicFile#write}.
   *
   * @throws InvalidInputException when there is one with other content
   */
  static StoredFile write(FileSystem fileSystem, Path target, AtomicFile.Content content)
      throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = builder(fileSystem, target);
    if (isConditional(fileSystem, target)) {
      builder.must(IF_ABSENT, true);
    }
    FSDataOutputStream file = (FSDataOutputStream) builder.build();
    try {
      StoredFile written = AtomicFile.fill(file, target.getName(), content);
      if (AtomicFile.holds(fileSystem, target, written)) {
        file.abort();
      } else {
        close(fileSystem, file, target, written);
      }
      return written;
    } catch (IOException | RuntimeException failure) {
      file.abort();
      throw failure;
    }
  }

  private static void close(
      FileSystem fileSystem, FSDataOutputStream file, Path target, StoredFile written)
      throws IOException {
    try {
      file.close();
    } catch (IOException refused) {
      // Another attempt was first, or this one, whose answer was lost before it was sent again.
      if (!AtomicFile.holds(fileSystem, target, written)) {
        throw refused;
      }
    }
  }

  /** Puts new content in the place of a file's; see {@link AtomicFile#replace}. */
  static void replace(FileSystem fileSystem, Path target, AtomicFile.Content content)
      throws IOException {
    put(builder(fileSystem, target), target, content);
  }

  /**
   * Writes a file if it is still as it was seen, in a store that {@link #isConditional}.
   *
   * @param seen its status; empty where there was none
   * @throws IOException when it is not, or cannot be written; it stays as it is
   */
  static void writeIfAsSeen(
      FileSystem fileSystem, Path target, Optional<FileStatus> seen, AtomicFile.Content content)
      throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = builder(fileSystem, target);
    if (seen.isPresent()) {
      builder.must(IF_SAME, ((EtagSource) seen.get()).getEtag());
    } else {
      builder.must(IF_ABSENT, true);
    }
    put(builder, target, content);
  }

  private static void put(
      FSDataOutputStreamBuilder<?, ?> builder, Path target, AtomicFile.Content content)
      throws IOException {
    FSDataOutputStream file = (FSDataOutputStream) builder.build();
    try {
      AtomicFile.fill(file, target.getName(), content);
      file.close();
    } catch (IOException | RuntimeException failure) {
      file.abort();
      throw failure;
    }
  }

  private static FSDataOutputStreamBuilder<?, ?> builder(FileSystem fileSystem, Path target) {
    return fileSystem.createFile(target).create().overwrite(true).recursive();
  }
}
