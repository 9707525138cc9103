package dev.kindling.engine.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs the text of a program into a TorchScript archive, the file that torch loads: a zip with the
 * code, a pickled object of its class, an empty tuple of constants and the format's version. No
 * Python is involved.
 */
final class TorchScriptArchive {
  private static final String CLASS =
      """
      class Model(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
      """;
  // Version 10 is the newest that torch 2.7 writes; it fixes what each operator in the text means.
  private static final byte[] VERSION = ascii("10\n");
  // Pickle protocol 2: an empty tuple.
  private static final byte[] CONSTANTS = {(byte) 0x80, 2, ')', '.'};

  private TorchScriptArchive() {}

  /**
   * Packs methods.
   *
   * @param methods text of the methods, each indented by two spaces, {@code self} first
   * @return the archive's bytes
   */
  static byte[] pack(String methods) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      put(zip, "archive/data.pkl", emptyObject());
      put(zip, "archive/code/__torch__.py", (CLASS + methods).getBytes(StandardCharsets.UTF_8));
      put(zip, "archive/constants.pkl", CONSTANTS);
      put(zip, "archive/version", VERSION);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot pack a program in memory", e);
    }
    return bytes.toByteArray();
  }

  /** Pickle protocol 2: an object of class __torch__.Model whose state is {"training": False}. */
  private static byte[] emptyObject() {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes(new byte[] {(byte) 0x80, 2});
    pickle.writeBytes(ascii("c__torch__\nModel\n"));
    // EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, MARK, then one key and its value.
    pickle.writeBytes(new byte[] {')', (byte) 0x81, '}', '('});
    byte[] key = ascii("training");
    pickle.writeBytes(new byte[] {'X', (byte) key.length, 0, 0, 0});
    pickle.writeBytes(key);
    // NEWFALSE, SETITEMS, BUILD, STOP.
    pickle.writeBytes(new byte[] {(byte) 0x89, 'u', 'b', '.'});
    return pickle.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
