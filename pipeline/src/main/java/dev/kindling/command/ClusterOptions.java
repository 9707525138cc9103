package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.conf.Configuration;
import dev.kindling.conf.MachineConf;
import dev.kindling.conf.MachineConf.Kind;
import dev.kindling.plan.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Options that say what a run would have: executors, GPUs, and what those can do. */
final class ClusterOptions {
  private static final String CPU = "conf/plan/cpu.yaml";
  private static final String GPU = "conf/plan/h100.yaml";
  private static final double DEFAULT_OVERHEAD = 0.1;
  private static final long LEAST_OVERHEAD = 384L << 20;

  @Option(
      names = "--executors",
      paramLabel = "N",
      description = "Executors (default: this session itself, if its master is local).")
  private Integer executors;

  @Option(
      names = "--cores",
      paramLabel = "N",
      description = "Tasks that an executor runs at once (default: spark.executor.cores, else 1).")
  private Integer cores;

  @Option(
      names = "--gpus",
      paramLabel = "N",
      defaultValue = "0",
      description = "GPUs of all executors together, each of one task (default: ${DEFAULT-VALUE}).")
  private int gpus;

  @Option(
      names = "--gpu-memory",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Memory of a GPU, for example 80g (default: that of the constants).")
  private Long gpuMemory;

  @Option(
      names = "--bandwidth",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description =
          "Bytes a second between executors, of each and in each direction, for example 25g"
              + " (default: that of the constants).")
  private Long bandwidth;

  @Option(
      names = "--constants",
      paramLabel = "FILE",
      description =
          "What machines can do, as bench --what plan writes it (default: conf/plan/cpu.yaml of the"
              + " jar, with --gpus conf/plan/h100.yaml, which nobody has measured).")
  private String constants;

  /** What the machines can do. */
  MachineConf machine() throws IOException {
    MachineConf machine =
        MachineConf.read(
            constants == null
                ? Configuration.resource(source())
                : RunFile.read("--constants", constants));
    boolean isGpu = machine.processor().kind() == Kind.GPU;
    if (isGpu != gpus > 0) {
      throw new InvalidInputException(
          "Invalid --gpus: %d (must be %s with processor.kind = %s of %s)"
              .formatted(gpus, isGpu ? ">= 1" : "0", isGpu ? "gpu" : "cpu", source()));
    }
    if (gpuMemory != null && !isGpu) {
      throw new InvalidInputException(
          "Invalid --gpu-memory: %d (must come with --gpus)".formatted(gpuMemory));
    }
    return machine
        .withGpuMemory(gpuMemory == null ? machine.processor().memoryGib() : gpuMemory / 0x1p30)
        .withNetwork(bandwidth == null ? machine.host().networkMbytes() : bandwidth / 1e6);
  }

  /** Where the constants are from. */
  String source() {
    return constants != null ? constants : gpus > 0 ? GPU : CPU;
  }

  /** The cluster; what is not given is as in Spark's settings. */
  Cluster of(SparkSession spark) throws IOException {
    SparkContext context = spark.sparkContext();
    SparkConf conf = context.getConf();
    long driver = Runtime.getRuntime().maxMemory();
    if (executors == null && context.isLocal()) {
      long machine = machineBytes();
      int tasks = cores == null ? context.defaultParallelism() : cores;
      return new Cluster(1, tasks, gpus, driver, driver, machine - driver);
    }
    long heap = JavaUtils.byteStringAsBytes(conf.get("spark.executor.memory", "1g"));
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", DEFAULT_OVERHEAD);
    long overhead = Math.max(LEAST_OVERHEAD, (long) (factor * heap));
    String given = conf.get("spark.executor.memoryOverhead", "");
    return new Cluster(
        executors == null ? conf.getInt("spark.executor.instances", 1) : executors,
        cores == null ? conf.getInt("spark.executor.cores", 1) : cores,
        gpus,
        driver,
        heap,
        given.isEmpty() ? overhead : JavaUtils.byteStringAsMb(given) << 20);
  }

  /** Memory of this machine. */
  private static long machineBytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
          .filter(line -> line.startsWith("MemTotal:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .findFirst()
          .orElseThrow();
    }
  }
}
