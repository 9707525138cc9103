package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.LongTests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * One run on every kind of cluster that fits one machine, whose executors are killed: the same
 * tables, the same checkpoints.
 */
@EnabledOnOs(OS.LINUX)
class ClusterKindsTest {
  private static final String[] LOST = {"ExecutorLostFailure", "FetchFailed", "Resubmitted"};

  @TempDir static Path temporary;
  private static DisturbedRuns runs;
  private static Path home;

  @BeforeAll
  static void trainUndisturbed() throws IOException {
    runs = DisturbedRuns.get();
    home = SparkInstallation.make(temporary.resolve("spark"));
  }

  private static Driver start(String name, List<String> options) throws IOException {
    List<String> all = new ArrayList<>(options);
    all.addAll(DisturbedRuns.told(events(name)));
    return Driver.start(runs.run(name), all, Optional.of(home), runs.train(name));
  }

  private static Path events(String name) {
    return temporary.resolve("events-" + name);
  }

  private static void requireUndisturbedEnd(Driver driver, String name) throws Exception {
    assertThat(driver.end()).as(driver.said()).isZero();
    runs.requireUndisturbed(name);
  }

  @Test
  @EnabledIfSystemProperty(named = LongTests.PROPERTY, matches = LongTests.LONG)
  void oneCore() throws Exception {
    try (Driver driver = start("one", List.of("-Dspark.master=local[1]"))) {
      requireUndisturbedEnd(driver, "one");
    }
  }

  @Test
  void executorsAreKilledInRolloutScoreGradientAndAsTheyWriteSlices() throws Exception {
    String name = "executors";
    try (Driver driver = start(name, DisturbedRuns.onCluster("local-cluster[2,1,1024]"))) {
      driver.awaitStage(1, "rollout");
      driver.await(
          "natives",
          () -> driver.executors().stream().anyMatch(ClusterKindsTest::hasNativesOfItsOwn));
      killAnExecutor(driver);
      driver.awaitStage(2, "score");
      killAnExecutor(driver);
      driver.awaitStage(2, "step");
      killAnExecutor(driver);
      Path slices = runs.run(name).resolve("checkpoints/step-000002");
      driver.await("slices of step 2", () -> Files.exists(slices));
      killAnExecutor(driver);
      requireUndisturbedEnd(driver, name);
    }
    assertThat(DisturbedRuns.ended(events(name), LOST)).isPositive();
  }

  /** Torch comes from the executor's own directory: its home is none. */
  private static boolean hasNativesOfItsOwn(ProcessHandle executor) {
    try (Stream<String> maps = Files.lines(Path.of("/proc", executor.pid() + "", "maps"))) {
      return maps.anyMatch(line -> line.matches(".*/blockmgr-.*/natives/pytorch/.*torch_cpu.*"));
    } catch (IOException | UncheckedIOException ended) {
      return false;
    }
  }

  private static void killAnExecutor(Driver driver) throws Exception {
    driver.await("an executor", () -> !driver.executors().isEmpty());
    ProcessHandle executor = driver.executors().get(0);
    Driver.signal("KILL", executor);
    executor.onExit().get();
  }

  @Test
  @EnabledIfSystemProperty(named = LongTests.PROPERTY, matches = LongTests.LONG)
  void anExecutorIsDecommissioned() throws Exception {
    String name = "decommissioned";
    List<String> options =
        DisturbedRuns.onCluster(
            "local-cluster[2,1,1024]",
            "-Dspark.decommission.enabled=true",
            "-Dspark.storage.decommission.enabled=true",
            "-Dspark.storage.decommission.rddBlocks.enabled=true",
            "-Dspark.storage.decommission.shuffleBlocks.enabled=true");
    try (Driver driver = start(name, options)) {
      driver.awaitStage(2, "rollout");
      Driver.signal("PWR", driver.executors().get(0));
      requireUndisturbedEnd(driver, name);
      assertThat(driver.said()).containsIgnoringCase("decommission");
    }
  }

  @Test
  @EnabledIfSystemProperty(named = LongTests.PROPERTY, matches = LongTests.LONG)
  void shuffleFilesAreDeleted() throws Exception {
    String name = "shuffles";
    Path scratch = Files.createDirectory(temporary.resolve("scratch"));
    List<String> options = List.of("-Dspark.master=local[2]", "-Dspark.local.dir=" + scratch);
    try (Driver driver = start(name, options)) {
      for (long step = 1; step <= DisturbedRuns.STEPS; step++) {
        driver.awaitStage(step, "step");
        driver.await("a shuffle file", () -> deletesOne(scratch));
      }
      requireUndisturbedEnd(driver, name);
    }
    assertThat(DisturbedRuns.ended(events(name), "FetchFailed")).isPositive();
  }

  private static boolean deletesOne(Path scratch) throws IOException {
    try (Stream<Path> files = Files.walk(scratch)) {
      Optional<Path> shuffle =
          files.filter(file -> file.getFileName().toString().endsWith(".data")).findFirst();
      return shuffle.isPresent() && Files.deleteIfExists(shuffle.get());
    } catch (UncheckedIOException | NoSuchFileException goneMeanwhile) {
      return false;
    }
  }

  @Test
  void executorsComeAndGoTasksRunTwiceAWorkerIsLostAndNobodySeesTheSecret() throws Exception {
    String name = "standalone";
    String secret = "0c5a1e6b7f";
    Path folder = Files.createDirectory(temporary.resolve("cluster"));
    Path settings = Files.write(folder.resolve("worker.conf"), encrypted(secret));
    try (StandaloneCluster cluster = StandaloneCluster.start(folder, home, settings)) {
      cluster.addWorker(1);
      Process lost = cluster.addWorker(1);
      List<String> lines = new ArrayList<>(encrypted(secret));
      for (String option : options(cluster.url(), name)) {
        lines.add(option.substring("-D".length()));
      }
      List<String> command =
          MainProcess.submitted(Files.write(folder.resolve("driver.conf"), lines));
      command.addAll(List.of(runs.train(name)));
      try (Driver driver = Driver.start(runs.run(name), temporary, command, Optional.of(home))) {
        driver.awaitStage(2, "rollout");
        List<ProcessHandle> all = new ArrayList<>(cluster.processes());
        all.add(driver.process());
        for (ProcessHandle process : all) {
          assertThat(commandLine(process)).doesNotContain(secret);
        }
        List<ProcessHandle> withIt = Driver.executorsOf(lost.toHandle());
        lost.destroyForcibly();
        withIt.forEach(ProcessHandle::destroyForcibly);
        requireUndisturbedEnd(driver, name);
        assertThat(driver.said()).doesNotContain(secret);
      }
    }
    requireNothingOf(secret, runs.run(name));
    requireNothingOf(secret, events(name));
  }

  private static void requireNothingOf(String secret, Path folder) throws IOException {
    try (Stream<Path> written = Files.walk(folder)) {
      for (Path file : written.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain(secret);
      }
    }
  }

  private static List<String> options(String master, String name) throws IOException {
    List<String> options =
        DisturbedRuns.onCluster(
            master,
            "-Dspark.executor.cores=1",
            "-Dspark.dynamicAllocation.enabled=true",
            "-Dspark.dynamicAllocation.shuffleTracking.enabled=true",
            "-Dspark.dynamicAllocation.executorIdleTimeout=8s",
            "-Dspark.dynamicAllocation.cachedExecutorIdleTimeout=8s",
            "-Dspark.dynamicAllocation.shuffleTracking.timeout=8s",
            "-Dspark.dynamicAllocation.minExecutors=1",
            "-Dspark.speculation=true",
            "-Dspark.speculation.interval=20ms",
            "-Dspark.speculation.quantile=0.4",
            "-Dspark.speculation.multiplier=1.01",
            "-Dspark.speculation.minTaskRuntime=10ms",
            "-Dspark.sql.adaptive.enabled=true");
    options.addAll(DisturbedRuns.told(events(name)));
    return options;
  }

  /** All of it, which Java cuts off. */
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cmdline"));
    } catch (IOException ended) {
      return "";
    }
  }

  private static List<String> encrypted(String secret) {
    return List.of(
        "spark.authenticate=true",
        "spark.network.crypto.enabled=true",
        "spark.io.encryption.enabled=true",
        "spark.authenticate.secret=" + secret);
  }
}
