package dev.kindling.command;

import dev.kindling.stage.WholeGpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A program on a cluster whose executor has GPUs, in name: which of them tasks of tables and tasks
 * with a policy are given, and how many at once.
 */
final class GpuShares {
  private static final int TASKS = 4;
  private static final int MILLIS_OF_WORK = 200;
  private static final int MOST_MILLIS = 60_000;

  private GpuShares() {}

  /**
   * Prints the addresses that tasks were given.
   *
   * @param arguments a folder that all tasks reach; how many GPUs there are
   */
  public static void main(String[] arguments) throws IOException {
    String folder = arguments[0];
    int gpus = Integer.parseInt(arguments[1]);
    try (SparkSession spark = SparkSession.builder().appName("gpu-shares").getOrCreate()) {
      System.out.println("tables " + addresses(tasks(spark, folder + "/tables", TASKS)));
      System.out.println("policies " + addresses(WholeGpu.of(alone(spark, folder, gpus))));
    }
  }

  private static Set<String> addresses(JavaRDD<String> tasks) {
    return new TreeSet<>(tasks.collect());
  }

  private static JavaRDD<Integer> numbers(SparkSession spark) {
    List<Integer> numbers = IntStream.range(0, TASKS).boxed().toList();
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(numbers, TASKS);
  }

  /** Tasks of which so many must run at once for any to end. */
  private static JavaRDD<String> tasks(SparkSession spark, String folder, int atOnce) {
    return numbers(spark)
        .map(
            number -> {
              meet(Path.of(folder), number, atOnce);
              return address();
            });
  }

  /** Tasks of which no two may have the same GPU at once, while as many as there are GPUs run. */
  private static JavaRDD<String> alone(SparkSession spark, String folder, int gpus) {
    return numbers(spark)
        .map(
            number -> {
              Path mine = Path.of(folder, "gpu-" + address());
              Files.createFile(mine);
              meet(Path.of(folder, "policies"), number, gpus);
              Thread.sleep(MILLIS_OF_WORK);
              Files.delete(mine);
              return address();
            });
  }

  private static String address() {
    return String.join("+", TaskContext.get().resourcesJMap().get("gpu").addresses());
  }

  private static void meet(Path folder, int number, int atOnce)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Files.createFile(folder.resolve("task-" + number));
    for (int waited = 0; count(folder) < atOnce; waited++) {
      if (waited > MOST_MILLIS) {
        throw new IllegalStateException("No " + atOnce + " tasks at once");
      }
      Thread.sleep(1);
    }
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}
