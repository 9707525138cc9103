package dev.kindling.udf.worker;

import dev.kindling.udf.Verdict;
import dev.kindling.udf.math.AlgebraFaultException;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
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
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    ClassLoader own = loader == null ? WorkerCommand.class.getClassLoader() : loader;
    Set<String> entries = new LinkedHashSet<>();
    if (own.getResource(MAIN.replace('.', '/') + ".class") == null) {
      entries.add(
          jar()
              .orElseThrow(
                  () ->
                      new AlgebraFaultException(
                          Verdict.ERROR,
                          JAR + " is neither beside this program nor among --files")));
    }
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
            "-Djava.awt.headless=true",
            "-Duser.language=en",
            "-cp",
            classPath(entries, own),
            MAIN));
    return command;
  }

  /**
   * The jar beside this program's own, or among the files that Spark gave the executor. It is on no
   * class path of Spark's: it brings other versions of libraries that Spark has.
   */
  private static Optional<String> jar() {
    try {
      Path own =
          Path.of(WorkerCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Set<Path> folders = new LinkedHashSet<>(List.of(own.getParent()));
      if (SparkEnv.get() != null) {
        folders.add(Path.of(SparkFiles.getRootDirectory()));
      }
      for (Path folder : folders) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, JAR)) {
          for (Path jar : jars) {
            return Optional.of(jar.toString());
          }
        }
      }
      return Optional.empty();
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("the place of this program cannot be read", e);
    }
  }

  /** Jars that were added to the session, then those that Spark was started with. */
  private static String classPath(Set<String> entries, ClassLoader loader) {
    for (ClassLoader each = loader; each != null; each = each.getParent()) {
      if (each instanceof URLClassLoader jars) {
        for (URL url : jars.getURLs()) {
          addFile(entries, url);
        }
      }
    }
    entries.addAll(List.of(System.getProperty("java.class.path").split(File.pathSeparator)));
    return String.join(File.pathSeparator, entries);
  }

  private static void addFile(Set<String> entries, URL url) {
    try {
      if (url.getProtocol().equals("file")) {
        entries.add(Path.of(url.toURI()).toString());
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a class loader names " + url, e);
    }
  }
}
