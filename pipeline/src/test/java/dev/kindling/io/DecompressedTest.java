package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import dev.kindling.check.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed files give what was packed, all of it, or are refused. */
class DecompressedTest {
  private static byte[] packed(String kind, String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (kind) {
          case "gzip" -> new GZIPOutputStream(bytes);
          case "bzip2" -> new BZip2CompressorOutputStream(bytes);
          case "zstd" -> new ZstdOutputStream(bytes);
          default -> bytes;
        }) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static String read(InputStream in) throws IOException {
    return new String(Decompressed.of(in, "a.file").readAllBytes(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "bzip2", "zstd", "plain"})
  void filesPackedOneBehindTheOtherAreOne(String kind) throws IOException {
    assertThat(
            read(
                new SequenceInputStream(
                    new ByteArrayInputStream(packed(kind, "one\n")),
                    new ByteArrayInputStream(packed(kind, "two\n")))))
        .isEqualTo("one\ntwo\n");
    assertThat(read(InputStream.nullInputStream())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "bzip2", "zstd"})
  void aFileThatIsCutShortIsRefusedAndOneThatCannotBeReadIsNot(String kind) throws IOException {
    byte[] whole = packed(kind, "0123456789".repeat(1000));
    byte[] cut = Arrays.copyOf(whole, whole.length - 9);
    assertThatThrownBy(() -> read(new ByteArrayInputStream(cut)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot read a.file: it is cut short or damaged (");
    InputStream lost =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("no answer");
          }

          @Override
          public int read(byte[] out, int offset, int length) throws IOException {
            throw new IOException("no answer");
          }
        };
    assertThatThrownBy(() -> read(new SequenceInputStream(new ByteArrayInputStream(cut), lost)))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("no answer");
  }
}
