package dev.kindling.io;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system on a disk of few bytes, or without an answer where it is asked for some
 * path. Like Hadoop's own it reports a full disk as an {@code FSError}; like HDFS it does not
 * rename onto an existing file.
 */
public final class FaultyFileSystem extends LocalFileSystem {
  private static final String BYTES_FREE = "test.bytes.free";
  private static final String RENAMES = "test.renames";
  private static final String UNANSWERED = "test.unanswered";

  /** A configuration whose {@code file} scheme is a disk with that many bytes free. */
  static Configuration withBytesFree(long bytes) {
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.file.impl", FaultyFileSystem.class.getName());
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    hadoop.setLong(BYTES_FREE, bytes);
    return hadoop;
  }

  /** A configuration whose {@code file} scheme never renames. */
  static Configuration withoutRename() {
    Configuration hadoop = withBytesFree(Long.MAX_VALUE);
    hadoop.setBoolean(RENAMES, false);
    return hadoop;
  }

  /** A configuration whose {@code file} scheme gives no answer about paths of a name. */
  public static Configuration withoutAnswerAbout(String name) {
    Configuration hadoop = withBytesFree(Long.MAX_VALUE);
    hadoop.set(UNANSWERED, name);
    return hadoop;
  }

  /** The sound local file system with Hadoop's checksums, whatever other tests have opened. */
  static Configuration sound() {
    Configuration hadoop = new Configuration(false);
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    return hadoop;
  }

  static FileSystem open(Configuration hadoop, Path folder) throws IOException {
    return new org.apache.hadoop.fs.Path(folder.toUri()).getFileSystem(hadoop);
  }

  @Override
  public FSDataOutputStream create(
      org.apache.hadoop.fs.Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    OutputStream out =
        super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(new FullDisk(out), null);
  }

  @Override
  public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
      throws IOException {
    return getConf().getBoolean(RENAMES, true) && !exists(to) && super.rename(from, to);
  }

  @Override
  public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
    answer(path);
    return super.getFileStatus(path);
  }

  @Override
  public FSDataInputStream open(org.apache.hadoop.fs.Path file, int bufferSize) throws IOException {
    answer(file);
    return super.open(file, bufferSize);
  }

  private void answer(org.apache.hadoop.fs.Path path) throws ConnectException {
    if (path.getName().equals(getConf().get(UNANSWERED))) {
      throw new ConnectException("Connection refused");
    }
  }

  @Override
  public FsStatus getStatus(org.apache.hadoop.fs.Path path) throws IOException {
    answer(path);
    long free = getConf().getLong(BYTES_FREE, 0);
    return new FsStatus(Long.MAX_VALUE, Long.MAX_VALUE - free, free);
  }

  /** Lets the kernel and Hadoop make the very error of a full disk. */
  private void fillUp() throws IOException {
    try (OutputStream full =
        getRawFileSystem().append(new org.apache.hadoop.fs.Path("/dev/full"))) {
      full.write(1);
    }
  }

  /** A stream that takes so many bytes and no more. */
  private final class FullDisk extends FilterOutputStream {
    private long free;

    FullDisk(OutputStream out) {
      super(out);
      this.free = getConf().getLong(BYTES_FREE, 0);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > free) {
        fillUp();
      }
      free -= length;
      out.write(bytes, offset, length);
    }
  }
}
