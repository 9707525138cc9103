package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Which GPUs Spark gives to tasks, by scripts that name some that are not there. */
@EnabledOnOs(OS.LINUX)
class GpuSharesTest {
  @TempDir static Path temporary;
  private static Path home;

  @BeforeAll
  static void makeInstallation() throws IOException {
    home = SparkInstallation.make(temporary.resolve("spark"));
  }

  /** The settings by which a worker on this machine has GPUs, by a script of this name. */
  private static List<String> worker(String name, String... addresses) throws IOException {
    String script =
        "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"%s\"]}'\n"
            .formatted(String.join("\", \"", addresses));
    Path file = Files.writeString(temporary.resolve(name), script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return List.of(
        "spark.worker.resource.gpu.amount=" + addresses.length,
        "spark.worker.resource.gpu.discoveryScript=" + file);
  }

  private static List<String> driver(String master, int gpus, String share) {
    return DisturbedRuns.onCluster(
        master,
        "-Dspark.executor.resource.gpu.amount=" + gpus,
        "-Dspark.task.resource.gpu.amount=" + share);
  }

  private static String shares(List<String> options, int gpus) throws Exception {
    Path folder = Files.createTempDirectory(temporary, "shares");
    List<String> command = MainProcess.command(options.toArray(new String[0]));
    command.set(command.size() - 1, GpuShares.class.getName());
    command.addAll(List.of(folder.toString(), String.valueOf(gpus)));
    try (Driver program = Driver.start(folder, temporary, command, Optional.of(home))) {
      assertThat(program.end()).as(program.said()).isZero();
      return program.said();
    }
  }

  @Test
  void fourTasksOfTablesShareAGpuAndPoliciesHaveItOneAtATime() throws Exception {
    List<String> options = new ArrayList<>(driver("local-cluster[1,4,1024]", 1, "0.25"));
    worker("one", "0").forEach(setting -> options.add("-D" + setting));
    assertThat(shares(options, 1)).contains("\ntables [0]\n").contains("\npolicies [0]\n");
  }

  @Test
  void twoPoliciesAtOnceHaveTwoGpusOfOneHost() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("cluster"));
    Path settings = Files.write(folder.resolve("worker.conf"), worker("two", "0", "1"));
    try (StandaloneCluster cluster = StandaloneCluster.start(folder, home, settings)) {
      cluster.addWorker(4);
      assertThat(shares(driver(cluster.url(), 2, "0.5"), 2))
          .contains("\ntables [0, 1]\n")
          .contains("\npolicies [0, 1]\n");
    }
  }

  @Test
  void aGpuThatTorchCannotUseIsNamedBeforeTheFirstStep() throws Exception {
    List<String> options = new ArrayList<>(driver("local-cluster[1,1,1024]", 1, "1"));
    worker("third", "3").forEach(setting -> options.add("-D" + setting));
    Path run = temporary.resolve("run");
    String[] train = SmallRun.arguments("train", SmallRun.settings(temporary, "run"));
    try (Driver driver = Driver.start(run, options, Optional.of(home), train)) {
      assertThat(driver.end()).as(driver.said()).isEqualTo(2);
      assertThat(driver.said())
          .contains("Cannot use cuda:3, which Spark gave to a task: ")
          .contains("PYTORCH_LIBRARY_PATH");
    }
    assertThat(run).doesNotExist();
  }
}
