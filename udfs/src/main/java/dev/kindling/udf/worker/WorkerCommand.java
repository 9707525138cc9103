package dev.kindling.udf.worker;

import dev.kindling.udf.Verdict;
import dev.kindling.udf.math.AlgebraFaultException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;

/** The command that starts a worker of algebra. */
final class WorkerCommand {
  private static final String MAIN = "dev.kindling.algebra.WorkerMain";
  private static final String JAR = "kindling-algebra-*.jar";

  private WorkerCommand() {}

  /**
   * A virtual machine like this one, with this program's class path and the jar of the algebra
   * system, which lies beside this program's own or was given by --files.
   *
   * @throws AlgebraFaultException if it is in neither place
   */
  static List<String> java(int memoryMib) throws AlgebraFaultException {
    Path own = own();
    List<String> classPath = new ArrayList<>();
    if (WorkerCommand.class.getResource("/" + MAIN.replace('.', '/') + ".class") == null) {
      classPath.add(
          jar(own.getParent())
              .orElseThrow(
                  () ->
                      new AlgebraFaultException(
                          Verdict.ERROR, JAR + " is neither beside this program nor among --files"))
              .toString());
    }
    // Whatever loader Spark has it by: some do not tell what they load from.
    classPath.add(own.toString());
    classPath.add(System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx" + memoryMib + "m",
            "-XX:MaxMetaspaceSize=256m",
            "-XX:+ExitOnOutOfMemoryError",
            // The virtual machine's last words must not come between the rows.
            "-XX:+DisplayVMOutputToStderr",
            "-XX:+UseSerialGC",
            "-XX:ActiveProcessorCount=1",
            "-Xshare:auto",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            // Arrow's memory; before Java 23 there is no such option.
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djava.awt.headless=true",
            "-Duser.language=en",
            "-cp",
            String.join(File.pathSeparator, classPath),
            MAIN));
    return command;
  }

  /** This program's own jar or folder of classes. */
  private static Path own() {
    try {
      return Path.of(
          WorkerCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of this program cannot be read", e);
    }
  }

  /**
   * The jar beside this program's own, or among the files that Spark gave the executor. It is on no
   * class path of Spark's: it brings other versions of libraries that Spark has.
   */
  private static Optional<Path> jar(Path beside) {
    Set<Path> folders = new LinkedHashSet<>(List.of(beside));
    if (SparkEnv.get() != null) {
      folders.add(Path.of(SparkFiles.getRootDirectory()));
    }
    for (Path folder : folders) {
      try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, JAR)) {
        for (Path jar : jars) {
          return Optional.of(jar);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Optional.empty();
  }
}
