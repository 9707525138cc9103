package dev.kindling.io;

import dev.kindling.check.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.apache.hadoop.fs.ClusterStorageCapacityExceededException;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.DiskChecker.DiskOutOfSpaceException;

/**
 * Which failures of a file system are the user's mistake: a path that is missing or no file or
 * folder as it must be, a denied permission, a full disk or quota. Any other, such as a call that
 * got no answer, may go well the next time.
 */
public final class FileMistake {
  private static final List<Class<? extends IOException>> TYPES =
      List.of(
          FileNotFoundException.class,
          NoSuchFileException.class,
          FileAlreadyExistsException.class,
          ParentNotDirectoryException.class,
          AccessControlException.class,
          AccessDeniedException.class,
          ClusterStorageCapacityExceededException.class,
          DiskOutOfSpaceException.class);

  // What the kernel says through Java has no type of its own, and neither have refused folders; the
  // type of a bucket that is missing is the connector's.
  private static final List<String> WORDS =
      List.of(
          "Permission denied",
          "Read-only file system",
          "No space left on device",
          "Disk quota exceeded",
          "Is a directory",
          "Not a directory",
          "Mkdirs failed to create",
          "bucket does not exist");

  private FileMistake() {}

  /**
   * The mistake that a failure is, to be thrown.
   *
   * @param message names the file and what was wanted of it
   * @throws IOException the failure itself, where it is no mistake
   */
  public static InvalidInputException of(String message, IOException failure) throws IOException {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isOne(cause)) {
        return new InvalidInputException(message, failure);
      }
    }
    throw failure;
  }

  /** Whether a failure, its causes aside, is the user's mistake. */
  public static boolean isOne(Throwable cause) {
    String said = String.valueOf(cause.getMessage());
    return TYPES.stream().anyMatch(type -> type.isInstance(cause))
        || WORDS.stream().anyMatch(said::contains);
  }
}
