package dev.kindling.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kindling.check.InvalidInputException;
import dev.kindling.check.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a finished table holds and what it was made from: a file beside the table's folder that is
 * removed before the table is written and written after it, so that a table counts only when it is
 * whole.
 *
 * @param rows number of rows
 * @param madeFrom digests of what the table was made from, by name: manifests of other tables, or
 *     the commit of the step before
 * @param files the folder's files by ascending name
 */
public record Manifest(long rows, Map<String, String> madeFrom, List<Part> files) {
  // Parquet's footer, with the place of everything before it; small files are in it whole.
  private static final int END_BYTES = 1 << 16;

  // On an object store each takes as long as a listing: no more than a second or two in all.
  private static final int MOST_ENDS = 64;

  /**
   * A file of the table.
   *
   * @param name without the folder
   * @param bytes length
   * @param endSha256 SHA-256 of its last 64 KiB; null in a table of more than 64 files, whose
   *     lengths are compared alone
   */
  public record Part(String name, long bytes, String endSha256) {}

  /** Keeps its own copies. */
  public Manifest {
    madeFrom = new TreeMap<>(madeFrom);
    files = List.copyOf(files);
  }

  /** Where the manifest of a table lies. */
  public static Path file(Path table) {
    return table.suffix(".json");
  }

  /**
   * Describes the table that a folder holds now.
   *
   * @param table its folder
   */
  public static Manifest of(
      FileSystem fileSystem, Path table, long rows, Map<String, String> madeFrom)
      throws IOException {
    return new Manifest(rows, madeFrom, parts(fileSystem, table));
  }

  /** Writes the manifest of a table: the table counts from the moment that this returns. */
  public void write(FileSystem fileSystem, Path table) throws IOException {
    byte[] content = JsonText.of(this).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(fileSystem, file(table), out -> out.write(content));
  }

  /** Makes a table void, because it is about to be written. */
  public static void drop(FileSystem fileSystem, Path table) throws IOException {
    fileSystem.delete(file(table), false);
  }

  /** What names the table and its content in {@link #madeFrom} of another. */
  public String digest() {
    return Sha256.of(JsonText.of(this));
  }

  /**
   * Reads the manifest of a table.
   *
   * @throws InvalidInputException naming the table, when it has none or it cannot be read as one
   */
  public static Manifest read(FileSystem fileSystem, Path table) throws IOException {
    try (InputStream in = fileSystem.open(file(table))) {
      return JsonText.MAPPER.readValue(in.readAllBytes(), Manifest.class);
    } catch (FileNotFoundException missing) {
      throw new InvalidInputException(
          fileSystem.exists(table)
              ? "Invalid table %s: it is not whole (%s is missing)"
                  .formatted(table, file(table).getName())
              : "Missing table " + table,
          missing);
    } catch (JsonProcessingException | NullPointerException damaged) {
      throw new InvalidInputException(
          "Invalid table %s: its %s is damaged".formatted(table, file(table).getName()), damaged);
    }
  }

  /**
   * Reads the manifest of a table and compares the folder with it.
   *
   * @throws InvalidInputException naming the table and the first file that differs
   */
  public static Manifest held(FileSystem fileSystem, Path table) throws IOException {
    Manifest manifest = read(fileSystem, table);
    Map<String, Part> there = new TreeMap<>();
    for (Part part : parts(fileSystem, table)) {
      there.put(part.name(), part);
    }
    for (Part wanted : manifest.files) {
      Part found = there.remove(wanted.name());
      if (!wanted.equals(found)) {
        throw differs(table, wanted.name(), difference(wanted, found));
      }
    }
    if (!there.isEmpty()) {
      throw differs(table, there.keySet().iterator().next(), "was added");
    }
    return manifest;
  }

  private static String difference(Part wanted, Part found) {
    if (found == null) {
      return "is missing";
    }
    return found.bytes() == wanted.bytes()
        ? "was changed"
        : "has %d bytes, not %d".formatted(found.bytes(), wanted.bytes());
  }

  private static InvalidInputException differs(Path table, String file, String how) {
    return new InvalidInputException(
        "Invalid table %s: its file %s %s".formatted(table, file, how));
  }

  private static List<Part> parts(FileSystem fileSystem, Path table) throws IOException {
    List<FileStatus> files = new ArrayList<>();
    try {
      for (FileStatus file : fileSystem.listStatus(table)) {
        // As Spark reads a folder.
        if (!file.getPath().getName().startsWith("_")
            && !file.getPath().getName().startsWith(".")) {
          files.add(file);
        }
      }
    } catch (FileNotFoundException missing) {
      throw new InvalidInputException("Missing table " + table, missing);
    }
    files.sort((a, b) -> a.getPath().getName().compareTo(b.getPath().getName()));
    List<Part> parts = new ArrayList<>();
    for (FileStatus file : files) {
      String end = files.size() > MOST_ENDS ? null : end(fileSystem, file);
      parts.add(new Part(file.getPath().getName(), file.getLen(), end));
    }
    return parts;
  }

  private static String end(FileSystem fileSystem, FileStatus file) throws IOException {
    byte[] end = new byte[(int) Math.min(END_BYTES, file.getLen())];
    try (FSDataInputStream in = fileSystem.open(file.getPath())) {
      in.readFully(file.getLen() - end.length, end);
    }
    return Sha256.of(end);
  }
}
