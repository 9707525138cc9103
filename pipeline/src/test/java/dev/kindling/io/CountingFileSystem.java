package dev.kindling.io;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Local files under a scheme of their own, {@code counted:///}, of which every byte that is read
 * counts. Counters are static, for Hadoop makes the instances.
 */
public final class CountingFileSystem extends LocalFileSystem {
  private static final String SCHEME = "counted";
  private static final Map<String, Long> READ = new ConcurrentHashMap<>();
  private static final Map<String, Long> FARTHEST = new ConcurrentHashMap<>();

  /** As Hadoop makes it, by name. */
  public CountingFileSystem() {
    super(new Raw());
    setWriteChecksum(false);
    setVerifyChecksum(false);
  }

  /** Makes a configuration know the scheme, and forgets what was counted. */
  public static void register(Configuration hadoop) {
    hadoop.set("fs." + SCHEME + ".impl", CountingFileSystem.class.getName());
    reset();
  }

  /** Forgets what was counted. */
  public static void reset() {
    READ.clear();
    FARTHEST.clear();
  }

  /** A local path under the scheme. */
  public static String uri(java.nio.file.Path local) {
    return SCHEME + "://" + local;
  }

  /** Bytes that were read of the files whose path has a text in it. */
  public static long read(String part) {
    return READ.entrySet().stream()
        .filter(file -> file.getKey().contains(part))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** The place behind the last byte of a file that was read. */
  public static long farthest(Path file) {
    return FARTHEST.getOrDefault(file.toUri().getPath(), 0L);
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    return new FSDataInputStream(new Counted(super.open(file, bufferSize), file.toUri().getPath()));
  }

  /** Local files that say that they are of the scheme. */
  private static final class Raw extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create(SCHEME + ":///");
    }
  }

  /** A stream that counts; reads at a place go through these methods, too. */
  private static final class Counted extends FSInputStream {
    private final FSDataInputStream in;
    private final String file;

    Counted(FSDataInputStream in, String file) {
      this.in = in;
      this.file = file;
    }

    private int count(int read) throws IOException {
      if (read > 0) {
        READ.merge(file, (long) read, Long::sum);
        FARTHEST.merge(file, in.getPos(), Math::max);
      }
      return read;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return count(in.read(buffer, offset, length));
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return in.getPos();
    }

    @Override
    public boolean seekToNewSource(long position) throws IOException {
      return in.seekToNewSource(position);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
