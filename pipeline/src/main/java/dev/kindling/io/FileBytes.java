package dev.kindling.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * An open file of any length whose bytes are read where they lie. A local file is mapped, unless
 * Hadoop keeps a checksum of it, which reading through Hadoop verifies.
 */
sealed interface FileBytes extends Closeable {
  /** Mapped at once at most; a single mapping ends at 2 GiB. */
  int WINDOW_BYTES = 1 << 30;

  /**
   * Opens a file.
   *
   * @throws IOException when it is missing or cannot be read
   */
  static FileBytes open(FileSystem fileSystem, Path path) throws IOException {
    if (fileSystem instanceof LocalFileSystem local && !local.exists(local.getChecksumFile(path))) {
      return new Mapped(local.pathToFile(path), WINDOW_BYTES);
    }
    return new Ranged(fileSystem.getFileStatus(path).getLen(), fileSystem.open(path));
  }

  /** Length of the file. */
  long length();

  /**
   * Fills the first {@code count} bytes of {@code out}.
   *
   * @throws EOFException when the file ends before
   */
  void read(long position, byte[] out, int count) throws IOException;

  /** A local file, one window of it mapped at a time. */
  final class Mapped implements FileBytes {
    private final FileChannel channel;
    private final long length;
    private final int windowBytes;
    private MappedByteBuffer window;
    private long windowStart;

    Mapped(File file, int windowBytes) throws IOException {
      this.channel = FileChannel.open(file.toPath(), StandardOpenOption.READ);
      this.length = channel.size();
      this.windowBytes = windowBytes;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public void read(long position, byte[] out, int count) throws IOException {
      if (position > length - count) {
        throw new EOFException("the file has " + length + " bytes");
      }
      int done = 0;
      while (done < count) {
        map(position + done);
        int within = (int) (position + done - windowStart);
        int run = Math.min(count - done, window.limit() - within);
        window.get(within, out, done, run);
        done += run;
      }
    }

    private void map(long position) throws IOException {
      long start = position / windowBytes * windowBytes;
      if (window == null || start != windowStart) {
        window =
            channel.map(
                FileChannel.MapMode.READ_ONLY, start, Math.min(windowBytes, length - start));
        windowStart = start;
      }
    }

    @Override
    public void close() throws IOException {
      window = null;
      channel.close();
    }
  }

  /** A file of another file system, or one with a checksum. */
  record Ranged(long length, FSDataInputStream in) implements FileBytes {
    @Override
    public void read(long position, byte[] out, int count) throws IOException {
      in.readFully(position, out, 0, count);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
