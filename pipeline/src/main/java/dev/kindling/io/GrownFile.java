package dev.kindling.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Files that grow while others read them. They are appended to in place where the file system can,
 * so that a reader that has one open sees what comes; elsewhere a longer file takes the place.
 */
public final class GrownFile {
  private GrownFile() {}

  /**
   * Puts bytes behind those of a file, which is made where there is none. What is killed meanwhile
   * may leave some of them.
   */
  public static void append(FileSystem fileSystem, Path file, byte[] more) throws IOException {
    if (fileSystem instanceof LocalFileSystem local) {
      // Hadoop's own, which keeps checksums, cannot.
      java.nio.file.Path path = local.pathToFile(file).toPath();
      Files.createDirectories(path.getParent());
      Files.write(path, more, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } else if (!fileSystem.exists(file)) {
      AtomicFile.replace(fileSystem, file, out -> out.write(more));
    } else if (fileSystem.hasPathCapability(file, CommonPathCapabilities.FS_APPEND)) {
      try (OutputStream out = fileSystem.append(file)) {
        out.write(more);
      }
    } else {
      AtomicFile.replace(
          fileSystem,
          file,
          out -> {
            try (InputStream old = fileSystem.open(file)) {
              old.transferTo(out);
            }
            out.write(more);
          });
    }
  }

  /** Cuts a file to its first bytes, all of which it has; others see it whole at any time. */
  public static void cut(FileSystem fileSystem, Path file, long bytes) throws IOException {
    AtomicFile.replace(
        fileSystem,
        file,
        out -> {
          try (InputStream old = fileSystem.open(file)) {
            byte[] buffer = new byte[1 << 16];
            long left = bytes;
            while (left > 0) {
              int read = old.read(buffer, 0, (int) Math.min(buffer.length, left));
              if (read < 0) {
                throw new IOException(file + " ended " + left + " bytes early");
              }
              out.write(buffer, 0, read);
              left -= read;
            }
          }
        });
  }
}
