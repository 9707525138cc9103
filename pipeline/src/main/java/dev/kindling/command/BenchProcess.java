package dev.kindling.command;

import dev.kindling.bench.MemoryCase;
import dev.kindling.bench.MemoryProcess;
import dev.kindling.bench.Workload;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/**
 * {@code bench} for one task in a Java process like this one, in Spark's local mode with one core:
 * memory that earlier tasks gave back to the allocator would hide what a task needs.
 *
 * @param conf the session's settings
 * @param shape options that say which model
 * @param folder where weights are written
 * @param settings settings of the stages
 */
record BenchProcess(SparkConf conf, List<String> shape, String folder, List<String> settings)
    implements MemoryProcess {
  private static final String RESULT = "peak bytes: ";

  // How far G1 lets a heap grow before it collects depends on how long its pauses are: the same
  // small task was seen to peak at 536 and at 710 MB. Here the young generation is small and has
  // grown before the task begins.
  private static final List<String> STEADY_HEAP = List.of("-XX:+UseSerialGC", "-Xmn64m");
  private static final Pattern COLLECTOR = Pattern.compile("-XX:[+-]Use\\w+GC");

  /** The line that tells the parent what was measured. */
  static String result(long bytes) {
    return RESULT + bytes;
  }

  @Override
  public long peak(MemoryCase task, Workload work) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !COLLECTOR.matcher(argument).matches())
        .forEach(command::add);
    command.addAll(STEADY_HEAP);
    // Not those that belong to one driver, such as its ports.
    for (String kind : List.of("spark.sql.", "spark.ui.", "spark.log.", "spark.hadoop.")) {
      for (Tuple2<String, String> entry : conf.getAllWithPrefix(kind)) {
        command.add("-D" + kind + entry._1() + "=" + entry._2());
      }
    }
    command.add("-Dspark.master=local[1]");
    command.add("-cp");
    command.add(home() + File.pathSeparator + System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of("bench", "--alone", task.name(), "--folder", folder));
    command.addAll(List.of("--precision", work.precisionName()));
    command.addAll(shape);
    if (task.recomputes()) {
      command.addAll(List.of("--set", "trainer.kept_activations_mib=0"));
    }
    settings.forEach(set -> command.addAll(List.of("--set", set)));
    return run(command);
  }

  private static String home() {
    try {
      return Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot find the jar of this class", e);
    }
  }

  private static long run(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // What they hold is among the arguments already, but for the collector.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int code = process.waitFor();
      return out.lines()
          .filter(line -> line.startsWith(RESULT))
          .mapToLong(line -> Long.parseLong(line.substring(RESULT.length())))
          .findFirst()
          .orElseThrow(
              () -> new IllegalStateException("The process ended with code " + code + ": " + out));
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while measuring memory", e);
    }
  }
}
