package dev.kindling.dataset;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.LfsPointer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** A data set file's bytes, known by how they begin. */
final class DataBytes {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final int UTF16_BIG = 0xFEFF;
  private static final int UTF16_LITTLE = 0xFFFE;

  /** What else people have data sets in, by the Latin-1 text that such a file begins with. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "PAR1", "a Parquet file",
          "ARROW1", "an Arrow file",
          "Obj\u0001", "an Avro file",
          "ORC", "an ORC file",
          "PK\u0003\u0004", "a zip archive",
          "\u00fd7zXZ", "an xz archive",
          "7z\u00bc\u00af", "a 7z archive");

  private DataBytes() {}

  /**
   * The bytes behind the byte order mark that some editors write.
   *
   * @param fileName how messages name the file
   * @throws InvalidInputException naming what the file is, if it is no text in UTF-8
   */
  static InputStream text(InputStream file, String fileName) throws IOException {
    PushbackInputStream text = new PushbackInputStream(file, LfsPointer.BYTES);
    byte[] begin = text.readNBytes(LfsPointer.BYTES);
    LfsPointer.refuse(begin, fileName);
    String latin = new String(begin, StandardCharsets.ISO_8859_1);
    OTHERS.forEach((magic, kind) -> require(!latin.startsWith(magic), fileName, kind));
    require(!isWide(begin), fileName, "text in UTF-16 or UTF-32");
    int mark = BYTE_ORDER_MARK.length;
    boolean marked =
        begin.length >= mark && Arrays.equals(begin, 0, mark, BYTE_ORDER_MARK, 0, mark);
    text.unread(begin, marked ? mark : 0, begin.length - (marked ? mark : 0));
    return text;
  }

  private static void require(boolean holds, String fileName, String kind) {
    if (!holds) {
      throw new InvalidInputException(
          "Cannot read " + fileName + ": it is " + kind + " (must be JSON in UTF-8)");
    }
  }

  /** JSON has no NUL, and its first character is ASCII: one is there where characters are wide. */
  private static boolean isWide(byte[] begin) {
    int first = begin.length < 2 ? 0 : ((begin[0] & 0xFF) << 8) | (begin[1] & 0xFF);
    boolean nul = false;
    for (int i = 0; i < Math.min(4, begin.length); i++) {
      nul |= begin[i] == 0;
    }
    return nul || first == UTF16_BIG || first == UTF16_LITTLE;
  }
}
