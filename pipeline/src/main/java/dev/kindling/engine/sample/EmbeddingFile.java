package dev.kindling.engine.sample;

import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.Tensor;
import dev.kindling.io.FloatSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The rows of an embedding in a temporary file of this process. Where the output layer is the
 * embedding, it is held packed for products, from which rows cannot be had; a second copy in memory
 * may be a quarter of a small policy. A step reads as many rows as it has tokens.
 *
 * <p>The file has no name any more once it is open, so that it goes with the process however that
 * ends. It is not read through a channel, since interrupting one task would close that for all.
 */
final class EmbeddingFile implements AutoCloseable {
  private static final int PIECE_FLOATS = 1 << 18;

  private final RandomAccessFile file;
  private final int width;

  private EmbeddingFile(RandomAccessFile file, int width) {
    this.file = file;
    this.width = width;
  }

  /**
   * Copies an embedding into a file in {@code java.io.tmpdir}, 4 bytes an element.
   *
   * @param embedding a matrix (vocab, width)
   * @param source the flat vector of all parameters
   */
  static EmbeddingFile write(Parameter embedding, FloatSource source) throws IOException {
    Path path = Files.createTempFile("kindling-embedding-", null);
    RandomAccessFile file;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
    } finally {
      Files.delete(path);
    }
    EmbeddingFile rows = new EmbeddingFile(file, embedding.shape().get(1));
    try {
      for (long from = 0; from < embedding.size(); from += PIECE_FLOATS) {
        float[] piece = new float[(int) Math.min(PIECE_FLOATS, embedding.size() - from)];
        source.read(embedding.offset() + from, piece);
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * piece.length);
        bytes.order(ByteOrder.nativeOrder()).asFloatBuffer().put(piece);
        file.write(bytes.array());
      }
      return rows;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Rows by their numbers, (ids.length, width), which the caller closes. */
  Tensor rows(long[] ids) {
    Tensor rows = Tensor.zeros(ids.length, width);
    byte[] row = new byte[Float.BYTES * width];
    ByteBuffer memory = rows.memory();
    try {
      for (long id : ids) {
        read(row.length * id, row);
        memory.put(row);
      }
      return rows;
    } catch (IOException e) {
      rows.close();
      throw new UncheckedIOException("Cannot read the embedding's temporary file", e);
    }
  }

  private synchronized void read(long from, byte[] row) throws IOException {
    file.seek(from);
    file.readFully(row);
  }

  /** Gives the file's space back; no thread may be reading. */
  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close the embedding's temporary file", e);
    }
  }
}
