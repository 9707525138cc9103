package dev.kindling.io;

import dev.kindling.check.LocaleEncoding;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local files, but without hidden {@code .crc} files, with permissions set by a system
 * call, and with no name that the locale cannot write.
 *
 * <p>The hidden files make one that was edited by hand unreadable, and break what reads all files
 * of a folder; what must not change silently has a digest of our own. Without its native library
 * Hadoop starts {@code chmod} for every file and folder that it makes, a dozen times for each small
 * table: most of the time that writing one takes.
 */
public final class LocalFiles extends LocalFileSystem {
  /** The setting of Hadoop that names the class of local files. */
  public static final String SETTING = "fs.file.impl";

  /** As Hadoop makes it, by name. */
  public LocalFiles() {
    super(new Raw());
    setWriteChecksum(false);
    setVerifyChecksum(false);
  }

  // Of files from elsewhere, when they are removed or moved; Hadoop's own reads a colon as a
  // scheme's.
  @Override
  public Path getChecksumFile(Path file) {
    return new Path(file.getParent(), new Path(null, null, "." + file.getName() + ".crc"));
  }

  /** Local files without checksums. */
  private static final class Raw extends RawLocalFileSystem {
    @Override
    public File pathToFile(Path path) {
      LocaleEncoding.requireName(path.toUri().getPath());
      return super.pathToFile(path);
    }

    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      if (permission.getStickyBit()) {
        // Java's permissions know no sticky bit.
        super.setPermission(path, permission);
      } else {
        Files.setPosixFilePermissions(pathToFile(path).toPath(), of(permission));
      }
    }

    private static Set<PosixFilePermission> of(FsPermission permission) {
      return PosixFilePermissions.fromString(
          permission.getUserAction().SYMBOL
              + permission.getGroupAction().SYMBOL
              + permission.getOtherAction().SYMBOL);
    }
  }
}
