package dev.kindling.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The format to the byte, and every way in which a file can lie about itself. */
class SafetensorsTest {
  @TempDir Path folder;
  private Path file;
  private FileSystem fileSystem;

  @BeforeEach
  void openFileSystem() throws IOException {
    file = folder.resolve("weights.safetensors");
    fileSystem = FaultyFileSystem.open(FaultyFileSystem.sound(), folder);
  }

  @Test
  void theFormatIsTheLengthTheHeaderAndTheLittleEndianValues() throws IOException {
    byte[] bytes = twoTensors();
    String header =
        "{\"__metadata__\":{\"step\":\"3\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}}";
    int padded = (header.length() + 7) / 8 * 8;
    ByteBuffer expected = ByteBuffer.allocate(8 + padded + 12).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(padded).put(header.getBytes(StandardCharsets.UTF_8));
    while (expected.position() < 8 + padded) {
      expected.put((byte) ' ');
    }
    expected.putFloat(1.5f).putFloat(-2f).putFloat(Float.MIN_VALUE);
    assertThat(bytes).isEqualTo(expected.array());
  }

  @Test
  void aRangeReadsOnlyItsOwnValues() throws IOException {
    Files.write(file, twoTensors());
    float[] out = {9, 9, 9};
    try (SafetensorsReader reader = open()) {
      reader.read("a", 1, out, 2, 1);
      assertThat(out).containsExactly(9, 9, -2);
      assertThat(reader.read("b")).containsExactly(Float.MIN_VALUE);
      assertThat(reader.metadata()).containsExactly(Map.entry("step", "3"));
      assertThat(reader.tensors().keySet()).containsExactly("a", "b");
      assertThatThrownBy(() -> reader.read("a", 1, out, 0, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> reader.read("c"))
          .hasMessage("Cannot read " + hadoopFile() + ": it has no tensor c");
    }
  }

  @Test
  void valuesLongerThanTheBufferComeBackBitForBit() throws IOException {
    float[] values = new float[600_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(i * 7919);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter writer =
        new SafetensorsWriter(out, Map.of(), List.of(floats("x", values.length)));
    writer.append(values, 0, 5);
    writer.append(values, 5, values.length - 5);
    writer.finish();
    Files.write(file, out.toByteArray());
    try (SafetensorsReader reader = open()) {
      float[] read = reader.read("x");
      for (int i = 0; i < values.length; i++) {
        assertThat(Float.floatToRawIntBits(read[i])).isEqualTo(i * 7919);
      }
    }
  }

  @Test
  void tooFewAndTooManyValuesAreFaultsOfTheProgram() throws IOException {
    SafetensorsWriter writer =
        new SafetensorsWriter(new ByteArrayOutputStream(), Map.of(), List.of(floats("x", 2, 3)));
    writer.append(new float[5], 0, 5);
    assertThatThrownBy(writer::finish).hasMessage("1 declared values were not appended");
    assertThatThrownBy(() -> writer.append(new float[2], 0, 2))
        .hasMessage("2 values appended, the declared tensors miss only 1");
  }

  @Test
  void aFileCutAtAnyByteIsRefusedByName() throws IOException {
    byte[] whole = twoTensors();
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, whole);
      Damage.truncate(file, length);
      assertThatThrownBy(() -> open().close())
          .as("cut to %d bytes", length)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("Cannot read " + hadoopFile());
    }
  }

  @Test
  void aFileWithBytesAfterTheDataIsRefused() throws IOException {
    byte[] whole = twoTensors();
    Files.write(file, Arrays.copyOf(whole, whole.length + 4));
    assertThatThrownBy(this::open)
        .hasMessage(
            "Cannot read "
                + hadoopFile()
                + ": its tensors take 12 bytes, the file has 16 after the header");
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 100_000_001, Long.MAX_VALUE})
  void aHostileHeaderLengthIsRefusedBeforeAnythingIsAllocated(long length) throws IOException {
    byte[] whole = twoTensors();
    ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    Files.write(file, whole);
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("header length " + length + " must be in [2, ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | header is not JSON: Duplicate field 'a'",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}x | header is not JSON",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0 | header is not JSON",
        "[1] | header is not a JSON object",
        "{'__metadata__':{'k':1},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | __metadata__ must map strings to strings",
        "{'a':7} | tensor a has shape , must be a list",
        "{'a':{'dtype':'F33','shape':[2],'data_offsets':[0,8]}} | tensor a has dtype 'F33', known are BF16, BOOL,",
        "{'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}} | tensor a has shape [2.5], must be a list of integers >= 0",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | tensor a has shape [-2], must be a list of integers >= 0",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,9]}} | tensor a has data_offsets [0, 8, 9], must be [begin, end]",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | tensor a has data_offsets [8, 0], must be [begin, end]",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,99999999999999999999]}} | must be a list of integers >= 0",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | tensor a of F32 [3] needs 12 bytes, data_offsets [0, 8] hold 8",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296,4],'data_offsets':[0,8]}} | larger than 2^63 bytes",
        "{'a':{'dtype':'F32','shape':[2305843009213693952],'data_offsets':[0,8]}} | larger than 2^63 bytes",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | tensor b begins at byte 0, must be 4: tensors may not overlap",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | tensor a begins at byte 4, must be 0",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | its tensors take 4 bytes, the file has 8 after the header",
        "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | its tensors take 16 bytes, the file has 8 after the header",
      })
  void aHeaderThatLiesIsRefusedWithTheReason(String header, String reason) throws IOException {
    writeRaw(header.replace('\'', '"'), 8);
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot read " + hadoopFile())
        .satisfies(refused -> assertThat(refused.getMessage().replace('"', '\'')).contains(reason));
  }

  @Test
  void aTensorOfAnotherTypeIsNotReadAsFloats() throws IOException {
    writeRaw("{\"a\":{\"dtype\":\"I16\",\"shape\":[4],\"data_offsets\":[0,8]}}", 8);
    try (SafetensorsReader reader = open()) {
      assertThat(reader.tensor("a").size()).isEqualTo(4);
      assertThatThrownBy(() -> reader.read("a"))
          .hasMessage(
              "Cannot read " + hadoopFile() + ": tensor a is I16, must be F32, F16 or BF16");
    }
  }

  @Test
  void aFlippedByteUnderHadoopsChecksumIsRefusedByName() throws IOException {
    byte[] whole = twoTensors();
    AtomicFile.write(fileSystem, hadoopFile(), out -> out.write(whole));
    Damage.flipUnderChecksum(file, whole.length - 1);
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Cannot read " + hadoopFile())
        .hasMessageContaining("missing or damaged");
  }

  @Test
  void aTensorOfMoreThanTwoGibibytesIsReadAtItsEnds() throws IOException {
    long elements = (1L << 30) + 5;
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
    try (SafetensorsReader reader = open()) {
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

  private static TensorSpec floats(String name, long... shape) {
    return new TensorSpec(name, FloatType.F32, Arrays.stream(shape).boxed().toList());
  }

  private static byte[] twoTensors() throws IOException {
    List<TensorSpec> specs = List.of(floats("a", 2, 1), floats("b"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter writer = new SafetensorsWriter(out, Map.of("step", "3"), specs);
    writer.append(new float[] {0, 1.5f, -2f, Float.MIN_VALUE}, 1, 3);
    writer.finish();
    return out.toByteArray();
  }

  private void writeRaw(String header, int dataBytes) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(json.length).put(json).array());
  }

  private SafetensorsReader open() throws IOException {
    return SafetensorsReader.open(fileSystem, hadoopFile());
  }

  private org.apache.hadoop.fs.Path hadoopFile() {
    return new org.apache.hadoop.fs.Path(file.toUri());
  }
}
