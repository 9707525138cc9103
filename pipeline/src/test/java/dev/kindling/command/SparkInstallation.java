package dev.kindling.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path of the tests as a Spark installation, from which workers start executors: links to
 * its jars in one folder.
 */
final class SparkInstallation {
  private SparkInstallation() {}

  /** Makes {@code jars/} in a folder, which is then a value for {@code SPARK_HOME}. */
  static Path make(Path home) throws IOException {
    Path jars = Files.createDirectories(home.resolve("jars"));
    List<Path> ofClassPath = entries().filter(Files::isRegularFile).toList();
    for (Path jar : ofClassPath) {
      Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
    }
    return home;
  }

  /** The folders of classes, which executors have beside the jars. */
  static String folders() {
    return entries()
        .filter(Files::isDirectory)
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Stream<Path> entries() {
    return Arrays.stream(MainProcess.classPath().split(File.pathSeparator))
        .map(Path::of)
        .map(Path::toAbsolutePath);
  }
}
