package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes come from where they lie, whatever window of the file is mapped. */
class FileBytesTest {
  @TempDir Path folder;

  @Property(tries = 200)
  void aRangeIsTheSameThroughWindowsOfAnySize(
      @ForAll @IntRange(min = 1, max = 9) int window,
      @ForAll @IntRange(min = 0, max = 30) int from,
      @ForAll @IntRange(min = 0, max = 30) int count)
      throws IOException {
    byte[] content = "thirty bytes, letter by letter".getBytes(StandardCharsets.UTF_8);
    Path file = Files.createTempFile("window", ".bytes");
    try {
      Files.write(file, content);
      try (FileBytes.Mapped mapped = new FileBytes.Mapped(file.toFile(), window)) {
        byte[] out = new byte[30];
        if (from + count <= 30) {
          mapped.read(from, out, count);
          assertThat(Arrays.copyOf(out, count))
              .isEqualTo(Arrays.copyOfRange(content, from, from + count));
        } else {
          assertThatThrownBy(() -> mapped.read(from, out, count))
              .isInstanceOf(EOFException.class)
              .hasMessage("the file has 30 bytes");
        }
      }
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void localFilesAreMappedUnlessHadoopKeepsTheirChecksum() throws IOException {
    Path plain = Files.writeString(folder.resolve("plain"), "abc");
    FileSystem local = FileSystem.getLocal(new Configuration());
    try (FileBytes bytes = FileBytes.open(local, hadoop(plain))) {
      assertThat(bytes).isInstanceOf(FileBytes.Mapped.class);
    }
    Path checked = folder.resolve("checked");
    AtomicFile.write(local, hadoop(checked), out -> out.write(new byte[] {1, 2, 3}));
    try (FileBytes bytes = FileBytes.open(local, hadoop(checked))) {
      assertThat(bytes).isInstanceOf(FileBytes.Ranged.class);
      assertThat(bytes.length()).isEqualTo(3);
    }
  }

  @Test
  void aTensorOfMoreThanTwoGibibytesIsReadAtItsEnds() throws IOException {
    long elements = (1L << 30) + 5;
    Path file = folder.resolve("large.safetensors");
    byte[] header =
        "{\"x\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(elements, 2 * elements)
            .getBytes(StandardCharsets.UTF_8);
    // The file has holes: nothing is stored but the header and three elements.
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(header.length).array());
      out.write(header);
      long data = 8L + header.length;
      for (long element : new long[] {0, (1L << 30) - 1, elements - 1}) {
        out.seek(data + 2 * element);
        out.write(new byte[] {(byte) 0x80, 0x3F});
      }
      out.setLength(data + 2 * elements);
    }
    FileSystem local = FileSystem.getLocal(new Configuration());
    try (SafetensorsReader reader = SafetensorsReader.open(local, hadoop(file))) {
      assertThat(reader.tensor("x").size()).isEqualTo(elements);
      assertThat(read(reader, 0, 2)).containsExactly(1, 0);
      assertThat(read(reader, (1L << 30) - 2, 3)).containsExactly(0, 1, 0);
      assertThat(read(reader, elements - 2, 2)).containsExactly(0, 1);
    }
  }

  private static float[] read(SafetensorsReader reader, long from, int count) throws IOException {
    float[] values = new float[count];
    reader.read("x", from, values, 0, count);
    return values;
  }

  private static org.apache.hadoop.fs.Path hadoop(Path file) {
    return new org.apache.hadoop.fs.Path(file.toUri());
  }
}
