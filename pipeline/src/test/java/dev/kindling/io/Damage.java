package dev.kindling.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Ways in which a disk spoils a file. Hadoop's sidecar checksum goes too, as in a copied folder.
 */
final class Damage {
  private Damage() {}

  static void truncate(Path file, int bytes) throws IOException {
    replace(file, Arrays.copyOf(Files.readAllBytes(file), bytes));
  }

  static void flip(Path file, int at) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[at] ^= 1;
    replace(file, content);
  }

  /** The file changes under Hadoop's checksum, as on a failing disk. */
  static void flipUnderChecksum(Path file, int at) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[at] ^= 1;
    Files.write(file, content);
  }

  static void replace(Path file, byte[] content) throws IOException {
    Files.write(file, content);
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
  }

  static void replace(Path file, String content) throws IOException {
    replace(file, content.getBytes(StandardCharsets.UTF_8));
  }
}
