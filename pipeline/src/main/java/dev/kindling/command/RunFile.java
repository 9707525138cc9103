package dev.kindling.command;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.YamlText;
import dev.kindling.io.FileMistake;
import dev.kindling.io.UserPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;

/**
 * A file of settings that an option names: on this machine, at any URI that Hadoop reads, or one of
 * those that came with the program by Spark's {@code --files}, by its name alone.
 */
final class RunFile {
  // The defaults, where every setting has its comment, have 20 thousand.
  private static final int MOST_BYTES = 1 << 20;

  private RunFile() {}

  /** The file's own name, which names a run that nothing else does. */
  static String name(String file) {
    return file.substring(file.lastIndexOf('/') + 1).replaceFirst("\\.ya?ml$", "");
  }

  /**
   * The settings of a file.
   *
   * @param option that names it, for messages
   * @throws InvalidInputException if there is no such file, or it is too long or not UTF-8
   */
  static YamlText read(String option, String file) throws IOException {
    try (InputStream in = open(file)) {
      byte[] yaml = in.readNBytes(MOST_BYTES + 1);
      new Check()
          .that(
              yaml.length <= MOST_BYTES, option, file, "must have at most " + MOST_BYTES + " bytes")
          .done();
      return new YamlText(
          file, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(yaml)).toString());
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new InvalidInputException("Cannot read " + file + " (" + option + "): no such file", e);
    } catch (CharacterCodingException e) {
      throw new InvalidInputException("Cannot read " + file + " (" + option + "): not UTF-8", e);
    } catch (IOException e) {
      throw FileMistake.of("Cannot read " + file + " (" + option + "): " + e.getMessage(), e);
    }
  }

  /** Whether {@code --files} may have brought it; a name that nobody gave starts no session. */
  private static boolean mayBeShipped(String file) {
    return !file.contains("/")
        && (SparkEnv.get() != null || new SparkConf().get("spark.files", "").contains(file));
  }

  private static InputStream open(String file) throws IOException {
    org.apache.hadoop.fs.Path path = UserPath.of(file);
    if (path.toUri().getScheme() != null) {
      return path.getFileSystem(Sessions.session().sparkContext().hadoopConfiguration()).open(path);
    }
    Path local = Path.of(file);
    if (!Files.exists(local) && mayBeShipped(file)) {
      // Only a session knows where they are.
      Sessions.session();
      return Files.newInputStream(Path.of(SparkFiles.get(file)));
    }
    return Files.newInputStream(local);
  }
}
