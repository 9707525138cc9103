package dev.kindling.io;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** SHA-256 of bytes and files, as 64 lower-case hexadecimal digits. */
public final class Digests {
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
  private static final int BUFFER_BYTES = 1 << 20;

  private Digests() {}

  /** Digest of {@code content}. */
  public static String sha256(byte[] content) {
    return hex(newSha256().digest(content));
  }

  /**
   * Digest and length of a file, read once in pieces of 1 MiB.
   *
   * @throws IOException when the file is missing or cannot be read
   */
  public static StoredFile sha256(FileSystem fileSystem, Path file) throws IOException {
    MessageDigest digest = newSha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    try (InputStream in = fileSystem.open(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        bytes += read;
      }
    }
    return new StoredFile(file.getName(), bytes, hex(digest.digest()));
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("Every Java platform has SHA-256", missing);
    }
  }

  static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  static boolean isSha256(String text) {
    return text != null && SHA_256.matcher(text).matches();
  }
}
