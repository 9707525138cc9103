package dev.kindling.io;

import dev.kindling.check.HalfPair;
import dev.kindling.check.InvalidInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * Paths as users write them: a URI such as {@code s3a://bucket/data}, or a path of the default file
 * system, in which every character stands for itself. Hadoop's own reading takes what is before a
 * colon for a scheme.
 */
public final class UserPath {
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*", Pattern.DOTALL);

  private static final Pattern PASSWORD =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)[^/@]*:[^/]*@(.*)", Pattern.DOTALL);

  private UserPath() {}

  /**
   * The path that a text names.
   *
   * @throws InvalidInputException when no file can have that name, or when the URI has a password,
   *     which would stand in the run's folder for all to read
   */
  public static Path of(String text) {
    requireName(text);
    Matcher secret = PASSWORD.matcher(text);
    if (secret.matches()) {
      throw new InvalidInputException(
          "Invalid path: %s…@%s (must not have a password: give it to the file system by Spark's configuration or a credential provider)"
              .formatted(secret.group(1), secret.group(2)));
    }
    return URI.matcher(text).matches() ? new Path(text) : new Path(null, null, text);
  }

  /** The path of a name in a folder. */
  public static Path of(String folder, String name) {
    requireName(name);
    return new Path(of(folder), new Path(null, null, name));
  }

  private static void requireName(String text) {
    if (text.isEmpty() || text.indexOf('\0') >= 0 || HalfPair.find(text) >= 0) {
      throw new InvalidInputException(
          "Invalid path: \"%s\" (must not be empty, and must not have NUL characters or half surrogate pairs)"
              .formatted(text));
    }
  }
}
