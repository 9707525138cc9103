package dev.kindling.io;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * Files that are whole or absent. The content goes to a hidden temporary file beside the target and
 * is renamed when it is complete and, where the file system can tell, on the disk; in a store of
 * objects it is one, which needs neither. Writing the same content again is allowed, so that a task
 * may be retried or run twice; other content under the same name is refused, because it would mean
 * that the run is not deterministic.
 */
public final class AtomicFile {
  private static final String TEMPORARY_SUFFIX = ".tmp";
  private static final int BUFFER_BYTES = 1 << 16;

  private AtomicFile() {}

  /** Writes the content of one file to a stream that the caller closes. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything; the stream is buffered. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes {@code target}.
   *
   * @return name, length and digest of what was written
   * @throws IOException when the file cannot be written; nothing of it is left
   * @throws InvalidInputException when the target exists with other content
   */
  public static StoredFile write(FileSystem fileSystem, Path target, Content content)
      throws IOException {
    try {
      return ObjectFile.isOne(fileSystem, target)
          ? ObjectFile.write(fileSystem, target, content)
          : writeAndRename(fileSystem, target, content);
    } catch (IOException | FSError failure) {
      // The local file system reports a full disk as an FSError.
      throw new IOException("Cannot write " + target + ": " + failure.getMessage(), failure);
    }
  }

  private static StoredFile writeAndRename(FileSystem fileSystem, Path target, Content content)
      throws IOException {
    Path temporary = temporary(target);
    try {
      StoredFile written = stream(fileSystem, temporary, target.getName(), content);
      publish(fileSystem, temporary, target, written);
      return written;
    } catch (IOException | RuntimeException | FSError failure) {
      discard(fileSystem, temporary, failure);
      throw failure;
    }
  }

  /**
   * Puts new content in the place of a file's, which readers see whole: the old or the new, on a
   * file system that can replace, and for a moment none on another.
   *
   * @throws IOException when the file cannot be written; the old one stays
   */
  public static void replace(FileSystem fileSystem, Path target, Content content)
      throws IOException {
    try {
      if (ObjectFile.isOne(fileSystem, target)) {
        ObjectFile.replace(fileSystem, target, content);
      } else {
        renameOver(fileSystem, target, content);
      }
    } catch (IOException | FSError failure) {
      throw new IOException("Cannot write " + target + ": " + failure.getMessage(), failure);
    }
  }

  private static void renameOver(FileSystem fileSystem, Path target, Content content)
      throws IOException {
    Path temporary = temporary(target);
    try {
      stream(fileSystem, temporary, target.getName(), content);
      takeThePlace(fileSystem, temporary, target);
    } catch (IOException | RuntimeException | FSError failure) {
      discard(fileSystem, temporary, failure);
      throw failure;
    }
  }

  private static void takeThePlace(FileSystem fileSystem, Path temporary, Path target)
      throws IOException {
    if (fileSystem instanceof LocalFileSystem local) {
      // Hadoop's own way takes a hundred times as long, and every stage begins with one.
      Files.move(
          local.pathToFile(temporary).toPath(),
          local.pathToFile(target).toPath(),
          StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    try {
      // The old interface's rename refuses, on HDFS, to replace.
      FileContext.getFileContext(fileSystem.getUri(), fileSystem.getConf())
          .rename(temporary, target, Options.Rename.OVERWRITE);
    } catch (UnsupportedFileSystemException onlyTheOld) {
      fileSystem.delete(target, false);
      if (!fileSystem.rename(temporary, target)) {
        throw new IOException("cannot rename " + temporary);
      }
    }
  }

  /** Whether a file is the rest of an interrupted {@link #write}. */
  public static boolean isTemporary(Path file) {
    return file.getName().startsWith(".") && file.getName().endsWith(TEMPORARY_SUFFIX);
  }

  private static Path temporary(Path target) {
    return new Path(
        target.getParent(), "." + target.getName() + "." + UUID.randomUUID() + TEMPORARY_SUFFIX);
  }

  private static StoredFile stream(
      FileSystem fileSystem, Path temporary, String name, Content content) throws IOException {
    if (fileSystem instanceof LocalFileSystem local) {
      // What Hadoop keeps beside a file breaks who reads folders; what must be held has our
      // digests.
      local.setWriteChecksum(false);
    }
    try (FSDataOutputStream file = fileSystem.create(temporary, false, BUFFER_BYTES)) {
      StoredFile written = fill(file, name, content);
      if (file.hasCapability(StreamCapabilities.HSYNC)) {
        file.hsync();
      }
      return written;
    }
  }

  /** Writes the content to a stream and leaves that open. */
  static StoredFile fill(FSDataOutputStream file, String name, Content content) throws IOException {
    DigestOutputStream out = new DigestOutputStream(file, Sha256.begin());
    content.writeTo(out);
    return new StoredFile(name, file.getPos(), Sha256.text(out.getMessageDigest().digest()));
  }

  private static void publish(
      FileSystem fileSystem, Path temporary, Path target, StoredFile written) throws IOException {
    if (holds(fileSystem, target, written)) {
      fileSystem.delete(temporary, false);
    } else if (!fileSystem.rename(temporary, target)) {
      // HDFS does not rename onto a file that another attempt has published meanwhile.
      if (!holds(fileSystem, target, written)) {
        throw new IOException("cannot rename " + temporary);
      }
      fileSystem.delete(temporary, false);
    }
  }

  /**
   * Whether a file is there.
   *
   * @throws InvalidInputException when it has other content
   */
  static boolean holds(FileSystem fileSystem, Path target, StoredFile written) throws IOException {
    if (!fileSystem.exists(target)) {
      return false;
    }
    StoredFile present = Digests.sha256(fileSystem, target);
    if (!present.equals(written)) {
      throw new InvalidInputException(
          "Cannot replace %s: it has %d bytes with SHA-256 %s, the new content %d bytes with %s"
              .formatted(
                  target, present.bytes(), present.sha256(), written.bytes(), written.sha256()));
    }
    return true;
  }

  private static void discard(FileSystem fileSystem, Path temporary, Throwable failure) {
    try {
      fileSystem.delete(temporary, false);
    } catch (IOException notDeleted) {
      failure.addSuppressed(notDeleted);
    }
  }
}
