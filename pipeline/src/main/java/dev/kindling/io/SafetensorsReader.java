package dev.kindling.io;

import dev.kindling.check.InvalidInputException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * An open safetensors file. The header is read and checked when it is opened; values are read where
 * they lie, so that a range of a large tensor costs only its own bytes. One thread at a time.
 */
public final class SafetensorsReader implements Closeable {
  private static final int LENGTH_BYTES = 8;
  private static final int BUFFER_BYTES = 1 << 20;

  private final String file;
  private final FSDataInputStream in;
  private final SafetensorsHeader header;
  private final long dataBegin;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  private SafetensorsReader(
      String file, FSDataInputStream in, SafetensorsHeader header, long dataBegin) {
    this.file = file;
    this.in = in;
    this.header = header;
    this.dataBegin = dataBegin;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws InvalidInputException naming the file, the tensor and the rule, when the file is not
   *     safetensors, truncated or inconsistent
   * @throws IOException when the file is missing or cannot be read
   */
  public static SafetensorsReader open(FileSystem fileSystem, Path path) throws IOException {
    String file = path.toString();
    long fileBytes = fileSystem.getFileStatus(path).getLen();
    FSDataInputStream in = fileSystem.open(path);
    try {
      byte[] lengthBytes = new byte[LENGTH_BYTES];
      readFully(file, in, 0, lengthBytes, LENGTH_BYTES);
      long length = ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
      long most = Math.min(SafetensorsHeader.MAX_BYTES, fileBytes - LENGTH_BYTES);
      if (length < 2 || length > most) {
        throw new InvalidInputException(
            "Cannot read %s: header length %d must be in [2, %d]".formatted(file, length, most));
      }
      byte[] json = new byte[(int) length];
      readFully(file, in, LENGTH_BYTES, json, json.length);
      long dataBegin = LENGTH_BYTES + length;
      return new SafetensorsReader(
          file, in, SafetensorsHeader.parse(file, json, fileBytes - dataBegin), dataBegin);
    } catch (IOException | RuntimeException failure) {
      in.close();
      throw failure;
    }
  }

  /** The strings of {@code __metadata__}; empty when there are none. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** Every tensor by name, in the order of the header. */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(header.tensors());
  }

  /**
   * Tensor of that name.
   *
   * @throws InvalidInputException when the file has none
   */
  public Tensor tensor(String name) {
    Tensor tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new InvalidInputException("Cannot read " + file + ": it has no tensor " + name);
    }
    return tensor;
  }

  /**
   * Reads elements of a float32 tensor in row-major order.
   *
   * @param name the tensor
   * @param from first element to read
   * @param out receives the values
   * @param offset where in {@code out} the first value goes
   * @param length how many values
   * @throws InvalidInputException when the tensor is missing or not F32, or its bytes are damaged
   */
  public void read(String name, long from, float[] out, int offset, int length) throws IOException {
    Tensor tensor = tensor(name);
    if (!tensor.dtype().equals("F32")) {
      throw new InvalidInputException(
          "Cannot read %s: tensor %s is %s, must be F32".formatted(file, name, tensor.dtype()));
    }
    Objects.checkFromIndexSize(from, length, tensor.size());
    Objects.checkFromIndexSize(offset, length, out.length);
    long position = dataBegin + tensor.begin() + 4 * from;
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, BUFFER_BYTES / 4);
      readFully(file, in, position + 4L * done, buffer, 4 * count);
      ByteBuffer.wrap(buffer)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(out, offset + done, count);
      done += count;
    }
  }

  /** Reads a whole float32 tensor; see {@link #read(String, long, float[], int, int)}. */
  public float[] read(String name) throws IOException {
    long size = tensor(name).size();
    if (size > Integer.MAX_VALUE - 8) {
      throw new InvalidInputException(
          "Cannot read %s: tensor %s has %d elements, more than one array holds"
              .formatted(file, name, size));
    }
    float[] values = new float[(int) size];
    read(name, 0, values, 0, values.length);
    return values;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static void readFully(
      String file, FSDataInputStream in, long position, byte[] buffer, int length)
      throws IOException {
    try {
      in.readFully(position, buffer, 0, length);
    } catch (EOFException | ChecksumException damaged) {
      throw new InvalidInputException(
          "Cannot read %s: %d bytes at byte %d are missing or damaged (%s)"
              .formatted(file, length, position, damaged.getMessage()),
          damaged);
    }
  }
}
