package dev.kindling.io;

import com.github.luben.zstd.ZstdInputStream;
import dev.kindling.check.InvalidInputException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * What a file holds that may be packed by gzip, bzip2 or zstd, which its first bytes tell: names
 * lie. Hadoop's codecs know zstd only with Hadoop's native library, which a laptop has not.
 */
public final class Decompressed extends FilterInputStream {
  private static final int MAGIC_BYTES = 4;

  private final String file;
  private final Packed packed;

  private Decompressed(InputStream content, Packed packed, String file) {
    super(content);
    this.packed = packed;
    this.file = file;
  }

  /**
   * The bytes of a file, unpacked.
   *
   * @param in the file's bytes as they are; closed with the result
   * @param file its name, for messages
   * @throws InvalidInputException here and in reading, if the packed bytes are damaged
   */
  // The constructor's successor is not in the library that older Sparks bring.
  @SuppressWarnings("deprecation")
  public static InputStream of(InputStream in, String file) throws IOException {
    PushbackInputStream whole = new PushbackInputStream(in, MAGIC_BYTES);
    byte[] magic = whole.readNBytes(MAGIC_BYTES);
    whole.unread(magic);
    Packed packed = new Packed(whole);
    try {
      if (begins(magic, 0x1F, 0x8B)) {
        return new Decompressed(new GzipCompressorInputStream(packed, true), packed, file);
      } else if (begins(magic, 'B', 'Z', 'h')) {
        return new Decompressed(new BZip2CompressorInputStream(packed, true), packed, file);
      } else if (begins(magic, 0x28, 0xB5, 0x2F, 0xFD)) {
        return new Decompressed(new ZstdInputStream(packed), packed, file);
      }
    } catch (IOException e) {
      throw packed.explain(e, file);
    }
    return whole;
  }

  private static boolean begins(byte[] bytes, int... magic) {
    boolean begins = bytes.length >= magic.length;
    for (int i = 0; begins && i < magic.length; i++) {
      begins = (bytes[i] & 0xFF) == magic[i];
    }
    return begins;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] out, int offset, int length) throws IOException {
    try {
      return in.read(out, offset, length);
    } catch (IOException e) {
      throw packed.explain(e, file);
    }
  }

  /** The packed bytes, which remember whether it was they that could not be read. */
  private static final class Packed extends FilterInputStream {
    private boolean failed;

    Packed(InputStream in) {
      super(in);
    }

    /** What a failure to unpack is: the user's mistake, unless the bytes could not be had. */
    InvalidInputException explain(IOException failure, String file) throws IOException {
      if (failed) {
        throw failure;
      }
      return new InvalidInputException(
          "Cannot read %s: it is cut short or damaged (%s)".formatted(file, failure.getMessage()),
          failure);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
      try {
        return in.read(out, offset, length);
      } catch (IOException e) {
        failed = true;
        throw e;
      }
    }
  }
}
