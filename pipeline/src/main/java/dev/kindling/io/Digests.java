package dev.kindling.io;

import dev.kindling.check.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Digests of files. */
public final class Digests {
  private static final int BUFFER_BYTES = 1 << 20;

  private Digests() {}

  /**
   * Digest and length of a file, read once in pieces of 1 MiB.
   *
   * @throws IOException when the file is missing or cannot be read
   */
  public static StoredFile sha256(FileSystem fileSystem, Path file) throws IOException {
    MessageDigest digest = Sha256.begin();
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    try (InputStream in = fileSystem.open(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        bytes += read;
      }
    }
    return new StoredFile(file.getName(), bytes, Sha256.text(digest.digest()));
  }
}
