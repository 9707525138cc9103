package dev.kindling.check;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The few lines that a clone without Git LFS has in place of each large file. Source: the
 * specification at github.com/git-lfs/git-lfs.
 */
public final class LfsPointer {
  private static final byte[] BEGIN =
      "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);

  /** Bytes from a file's beginning by which it is recognised. */
  public static final int BYTES = BEGIN.length;

  private LfsPointer() {}

  /**
   * Refuses a pointer.
   *
   * @param content a file's beginning, or all of it
   * @param source the file, for the message
   */
  public static void refuse(byte[] content, String source) {
    if (content.length >= BYTES && Arrays.equals(content, 0, BYTES, BEGIN, 0, BYTES)) {
      throw new InvalidInputException(
          "Cannot read " + source + ": it is a Git LFS pointer: run git lfs pull");
    }
  }
}
