package dev.kindling.command;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program in a process of its own, with the flags and classes of this one. */
final class MainProcess {
  /** A process of half a minute ends before what a thorough compiler makes of it pays. */
  static final String QUICKLY_COMPILED = "-XX:TieredStopAtLevel=1";

  private MainProcess() {}

  /** The command that starts it, the program's arguments to come. */
  static List<String> command(String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add(QUICKLY_COMPILED);
    command.addAll(List.of("-Dspark.master=local[1]", "-Dspark.ui.enabled=false"));
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(classPath());
    command.add(Main.class.getName());
    return command;
  }

  /** The class path of the tests. */
  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** The same through spark-submit's own program, with a properties file of the user's. */
  static List<String> submitted(Path properties) {
    List<String> command = command();
    command.set(command.size() - 1, "org.apache.spark.deploy.SparkSubmit");
    command.addAll(
        List.of(
            "--properties-file",
            properties.toString(),
            "--class",
            Main.class.getName(),
            "spark-internal"));
    return command;
  }
}
