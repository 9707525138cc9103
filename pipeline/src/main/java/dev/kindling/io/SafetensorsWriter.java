package dev.kindling.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Streams float32 tensors into the safetensors format. Names and shapes are declared first, since
 * the format begins with them; the values follow in that order, in pieces of any size.
 */
public final class SafetensorsWriter {
  private static final int BUFFER_BYTES = 1 << 20;

  private final OutputStream out;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long missing;

  /**
   * Writes the header.
   *
   * @param out receives the file; the caller closes it
   * @param metadata strings to keep with the tensors, written in iteration order
   * @param shapes shape by tensor name; iteration order is the order of the values
   */
  public SafetensorsWriter(
      OutputStream out, Map<String, String> metadata, Map<String, List<Long>> shapes)
      throws IOException {
    this.out = out;
    SafetensorsHeader header = SafetensorsHeader.ofFloats(metadata, shapes);
    this.missing = header.tensors().values().stream().mapToLong(Tensor::size).sum();
    byte[] json = header.encode();
    out.write(buffer.putLong(0, json.length).array(), 0, Long.BYTES);
    out.write(json);
  }

  /** Appends the next values, which may end one tensor and begin the next. */
  public void append(float[] values, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, values.length);
    if (length > missing) {
      throw new IllegalStateException(
          length + " values appended, the declared tensors miss only " + missing);
    }
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, BUFFER_BYTES / Float.BYTES);
      buffer.asFloatBuffer().put(values, offset + done, count);
      out.write(buffer.array(), 0, count * Float.BYTES);
      done += count;
    }
    missing -= length;
  }

  /**
   * Ends the file.
   *
   * @throws IllegalStateException when declared values were not appended
   */
  public void finish() throws IOException {
    if (missing != 0) {
      throw new IllegalStateException(missing + " declared values were not appended");
    }
    out.flush();
  }
}
