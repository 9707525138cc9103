package dev.kindling.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

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

  /** The file gets Hadoop's checksum and changes under it, as on a failing disk of HDFS. */
  static void flipUnderChecksum(Path file, int at) throws IOException {
    byte[] content = Files.readAllBytes(file);
    try (FileSystem checked = FileSystem.newInstanceLocal(new Configuration(false));
        OutputStream out = checked.create(new org.apache.hadoop.fs.Path(file.toString()), true)) {
      out.write(content);
    }
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
