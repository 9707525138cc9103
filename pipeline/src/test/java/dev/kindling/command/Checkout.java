package dev.kindling.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A checkout that needs no build, which is its own Spark installation. */
final class Checkout {
  static final Path SCRIPT = Path.of("..", "submit.sh").toAbsolutePath().normalize();

  static final Path LOCAL_CONF = Path.of("..", "conf", "spark", "local.conf").toAbsolutePath();

  private Checkout() {}

  /**
   * Makes one.
   *
   * @param submit what its spark-submit does, in shell
   */
  static void make(Path folder, String submit) throws IOException {
    Files.copy(SCRIPT, folder.resolve("submit.sh"));
    for (String source :
        List.of("pom.xml", "pipeline/pom.xml", "udfs/pom.xml", "udfs/algebra/pom.xml")) {
      Files.createDirectories(folder.resolve(source).getParent());
      Files.createFile(folder.resolve(source));
    }
    for (String more :
        List.of(
            "conf/spark",
            "pipeline/src/main",
            "udfs/src/main",
            "udfs/algebra/src/main",
            "pipeline/target",
            "bin")) {
      Files.createDirectories(folder.resolve(more));
    }
    Files.copy(LOCAL_CONF, folder.resolve("conf/spark/local.conf"));
    Files.createFile(folder.resolve("pipeline/target/kindling-0.jar"));
    Files.createFile(folder.resolve("pipeline/target/spark.classpath"));
    Path program = Files.writeString(folder.resolve("bin/spark-submit"), submit);
    if (!program.toFile().setExecutable(true)) {
      throw new IOException("Cannot make " + program + " executable");
    }
  }
}
