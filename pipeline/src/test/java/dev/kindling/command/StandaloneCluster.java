package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Spark's own master and workers on this machine, each a process. */
final class StandaloneCluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final long SECONDS_TO_START = 120;

  private final Path folder;
  private final Path home;
  private final Path properties;
  private final int port;
  private final Process master;
  private final List<Process> workers = new ArrayList<>();

  private StandaloneCluster(Path folder, Path home, Path properties, int port, Process master) {
    this.folder = folder;
    this.home = home;
    this.properties = properties;
    this.port = port;
    this.master = master;
  }

  /**
   * Starts a master.
   *
   * @param folder for logs and the workers' folders
   * @param home a Spark installation
   * @param properties settings of master and workers, a properties file
   */
  static StandaloneCluster start(Path folder, Path home, Path properties) throws Exception {
    int port = freePort();
    Process master =
        process(
            folder.resolve("master.log"),
            home,
            "org.apache.spark.deploy.master.Master",
            "--host",
            HOST,
            "--port",
            String.valueOf(port),
            "--webui-port",
            "0",
            "--properties-file",
            properties.toString());
    StandaloneCluster cluster = new StandaloneCluster(folder, home, properties, port, master);
    cluster.awaitLine("master.log", "I have been elected leader");
    return cluster;
  }

  /** What {@code spark.master} is. */
  String url() {
    return "spark://" + HOST + ":" + port;
  }

  /**
   * Starts a worker of 1 GiB and waits until the master has it.
   *
   * @param cores how many tasks it runs
   */
  Process addWorker(int cores) throws Exception {
    String log = "worker-" + workers.size() + ".log";
    Process worker =
        process(
            folder.resolve(log),
            home,
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            HOST,
            "--webui-port",
            "0",
            "--cores",
            String.valueOf(cores),
            "--memory",
            "1g",
            "--work-dir",
            folder.resolve("work-" + workers.size()).toString(),
            "--properties-file",
            properties.toString(),
            url());
    workers.add(worker);
    awaitLine(log, "Successfully registered with master");
    return worker;
  }

  private static Process process(Path log, Path home, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                MainProcess.QUICKLY_COMPILED,
                "-cp",
                home.resolve("jars") + "/*"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    return builder.start();
  }

  private void awaitLine(String log, String words) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_START);
    while (!Files.readString(folder.resolve(log)).contains(words)) {
      assertThat(System.nanoTime()).as(Files.readString(folder.resolve(log))).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The processes of master, workers and all that these have started. */
  List<ProcessHandle> processes() {
    List<ProcessHandle> all = new ArrayList<>();
    for (Process process : workers) {
      all.addAll(process.descendants().toList());
      all.add(process.toHandle());
    }
    all.add(master.toHandle());
    return all;
  }

  /** Kills all of it and what it has started. */
  @Override
  public void close() {
    processes().forEach(ProcessHandle::destroyForcibly);
  }
}
