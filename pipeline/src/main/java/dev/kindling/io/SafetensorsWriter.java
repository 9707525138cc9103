package dev.kindling.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Streams tensors into the safetensors format. They are declared first, since the format begins
 * with them; the values follow in that order, in pieces of any size.
 */
public final class SafetensorsWriter {
  private static final int BUFFER_BYTES = 1 << 20;

  private final OutputStream out;
  private final List<TensorSpec> specs;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  // The tensor that the next value belongs to, and how many values of it have been appended.
  private int current;
  private long appended;

  /**
   * Writes the header.
   *
   * @param out receives the file; the caller closes it
   * @param metadata strings to keep with the tensors, written in iteration order
   * @param specs the tensors, in the order of the values
   */
  public SafetensorsWriter(OutputStream out, Map<String, String> metadata, List<TensorSpec> specs)
      throws IOException {
    this.out = out;
    this.specs = List.copyOf(specs);
    byte[] json = SafetensorsHeader.of(metadata, specs).encode();
    out.write(buffer.putLong(0, json.length).array(), 0, Long.BYTES);
    out.write(json);
  }

  /**
   * Appends the next values, which may end one tensor and begin the next.
   *
   * @throws IllegalStateException when they are more than were declared
   */
  public void append(float[] values, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, values.length);
    if (length > missing()) {
      throw new IllegalStateException(
          length + " values appended, the declared tensors miss only " + missing());
    }
    int done = 0;
    while (done < length) {
      TensorSpec spec = specs.get(current);
      int most = (int) Math.min(length - done, spec.size() - appended);
      int count = Math.min(most, BUFFER_BYTES / spec.type().bytes());
      spec.type().encode(values, offset + done, count, buffer);
      out.write(buffer.array(), 0, count * spec.type().bytes());
      done += count;
      appended += count;
      if (appended == spec.size()) {
        current++;
        appended = 0;
      }
    }
  }

  /**
   * Ends the file.
   *
   * @throws IllegalStateException when declared values were not appended
   */
  public void finish() throws IOException {
    if (missing() != 0) {
      throw new IllegalStateException(missing() + " declared values were not appended");
    }
    out.flush();
  }

  private long missing() {
    return specs.subList(current, specs.size()).stream().mapToLong(TensorSpec::size).sum()
        - appended;
  }
}
