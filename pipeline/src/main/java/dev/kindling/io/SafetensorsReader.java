package dev.kindling.io;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.LfsPointer;
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
import org.apache.hadoop.fs.FileStatus;
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
    FileStatus status = fileSystem.getFileStatus(path);
    if (status.isDirectory()) {
      throw new InvalidInputException("Cannot read " + file + ": it is a folder (must be a file)");
    }
    long bytes = status.getLen();
    FSDataInputStream in = fileSystem.open(path);
    try {
      byte[] begin = new byte[(int) Math.min(LfsPointer.BYTES, bytes)];
      readFully(file, in, 0, begin, begin.length);
      LfsPointer.refuse(begin, file);
      byte[] lengthBytes = new byte[LENGTH_BYTES];
      readFully(file, in, 0, lengthBytes, LENGTH_BYTES);
      long length = ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
      long most = Math.min(SafetensorsHeader.MAX_BYTES, bytes - LENGTH_BYTES);
      if (length < 2 || length > most) {
        throw new InvalidInputException(
            "Cannot read %s: header length %d must be in [2, %d]".formatted(file, length, most));
      }
      byte[] json = new byte[(int) length];
      readFully(file, in, LENGTH_BYTES, json, json.length);
      long dataBegin = LENGTH_BYTES + length;
      return new SafetensorsReader(
          file, in, SafetensorsHeader.parse(file, json, bytes - dataBegin), dataBegin);
    } catch (IOException | RuntimeException failure) {
      in.close();
      throw failure;
    }
  }

  /** The file, for messages. */
  public String file() {
    return file;
  }

  /** The strings of {@code __metadata__}; empty when there are none. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** Every tensor by name, in the order of the header. */
  public Map<String, StoredTensor> tensors() {
    return Collections.unmodifiableMap(header.tensors());
  }

  /**
   * StoredTensor of that name.
   *
   * @throws InvalidInputException when the file has none
   */
  public StoredTensor tensor(String name) {
    StoredTensor tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new InvalidInputException("Cannot read " + file + ": it has no tensor " + name);
    }
    return tensor;
  }

  /**
   * Reads elements of a tensor in row-major order, widened to 32 bits where they have fewer.
   *
   * @param name the tensor
   * @param from first element to read
   * @param out receives the values
   * @param offset where in {@code out} the first value goes
   * @param length how many values
   * @throws InvalidInputException when the tensor is missing or not of a {@link FloatType}, or its
   *     bytes are damaged
   */
  public void read(String name, long from, float[] out, int offset, int length) throws IOException {
    StoredTensor tensor = tensor(name);
    FloatType type =
        FloatType.of(tensor.dtype())
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "Cannot read %s: tensor %s is %s, must be F32, F16 or BF16"
                            .formatted(file, name, tensor.dtype())));
    Objects.checkFromIndexSize(from, /* size= */ length, /* length= */ tensor.size());
    Objects.checkFromIndexSize(offset, length, out.length);
    long position = dataBegin + tensor.begin() + type.bytes() * from;
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, BUFFER_BYTES / type.bytes());
      readFully(file, in, position + (long) type.bytes() * done, buffer, type.bytes() * count);
      ByteBuffer bytes = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
      type.decode(bytes, out, offset + done, count);
      done += count;
    }
  }

  /** Reads a whole tensor; see {@link #read(String, long, float[], int, int)}. */
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
