package dev.kindling.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A copy of a part of a flat vector in a temporary file of this process, in {@code java.io.tmpdir},
 * 4 bytes an element: what would be too large a second copy in memory, and costs too much to fetch
 * twice. Any number of threads may read.
 *
 * <p>The file has no name any more once it is open, so that it goes with the process however that
 * ends. It is not read through a channel, since interrupting one task would close that for all.
 */
public final class TemporaryVector implements FloatSource {
  private static final int PIECE_FLOATS = 1 << 18;

  private final RandomAccessFile file;

  private TemporaryVector(RandomAccessFile file) {
    this.file = file;
  }

  /**
   * Copies elements of a vector.
   *
   * @param source the whole vector
   * @param from the first element to copy, which becomes element 0
   * @param size how many
   */
  public static TemporaryVector copy(FloatSource source, long from, long size) throws IOException {
    Path path = Files.createTempFile("kindling-vector-", null);
    RandomAccessFile file;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
    } finally {
      Files.delete(path);
    }
    try {
      for (long done = 0; done < size; done += PIECE_FLOATS) {
        float[] piece = new float[(int) Math.min(PIECE_FLOATS, size - done)];
        source.read(from + done, piece);
        byte[] bytes = new byte[Float.BYTES * piece.length];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer().put(piece);
        file.write(bytes);
      }
      return new TemporaryVector(file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public void read(long from, float[] out) throws IOException {
    byte[] bytes = new byte[Float.BYTES * out.length];
    synchronized (this) {
      file.seek(Float.BYTES * from);
      file.readFully(bytes);
    }
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer().get(out);
  }

  /** Gives the file's space back; no thread may be reading. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
