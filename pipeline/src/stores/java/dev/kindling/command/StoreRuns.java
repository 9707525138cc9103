package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.Commit;
import dev.kindling.io.RunFolder;
import dev.kindling.io.RunStatus;
import dev.kindling.stores.StoreServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that lies in a store is the run on the local disk, whenever its driver is killed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StoreRuns {
  private static final long MOST_SECONDS = 600;
  private static final int STEPS = 2;
  private static final String[] SHORT = {"run.steps=" + STEPS, "trainer.updates_per_step=1"};

  @TempDir static Path temporary;
  private StoreServer server;
  private RunFolder local;

  /**
   * Starts the server.
   *
   * @param files empty folder for what it writes
   */
  abstract StoreServer start(Path files) throws Exception;

  /** The pattern of the request that makes a file, or has just made it. */
  abstract String making(String file);

  @BeforeAll
  void trainOnTheLocalDisk(@TempDir Path files) throws Exception {
    server = start(files);
    server.hadoop().forEach(hadoop()::set);
    local = SmallRun.train(SmallRun.settings(temporary, "local", SHORT), false);
  }

  @AfterAll
  void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  private static Configuration hadoop() {
    return SmallRun.spark().sparkContext().hadoopConfiguration();
  }

  @Test
  void aRunThatNobodyDisturbsIsThatOnTheLocalDisk() throws IOException {
    RunFolder run = SmallRun.train(settings("whole"), false);

    assertIsTheLocalRun(run);
    for (long step = 1; step <= STEPS; step++) {
      assertThat(SmallRun.tables(run, step)).isEqualTo(SmallRun.tables(local, step));
    }
    assertThat(files(run)).noneMatch(name -> name.contains("_temporary") || name.endsWith(".tmp"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "step-000001/2-rollouts/part-00001",
        "checkpoints/step-000001/slice-00001-of-00003.safetensors",
        "step-000001/commit.json",
        "step-000002/1-prompts.json"
      })
  void aRunWhoseDriverIsKilledAsItMakesAFileEndsLikeOneThatWasNot(String file) throws Exception {
    String name = "killed-at-" + file.replace('/', '-');
    server.hold(making(name + "/" + file));
    Path err = temporary.resolve(name);
    Process driver = start(err, settings(name));
    try {
      awaitHeld(driver, err);
    } finally {
      driver.destroyForcibly().waitFor();
      server.release();
    }
    assertThat(folder(name).committedSteps()).hasSizeBetween(1, 2);

    assertIsTheLocalRun(SmallRun.train(settings(name), true));
  }

  @Test
  void ofTwoDriversOneGoesOnAndTheOtherIsTold() throws Exception {
    server.hold(making("shared/step-000001/2-rollouts.json"));
    Path err = temporary.resolve("shared");
    Process driver = start(err, settings("shared"));
    try {
      awaitHeld(driver, err);
      CommandResult second =
          CommandResult.of(SmallRun.arguments("train", settings("shared"), "--resume"));
      assertThat(second.err())
          .startsWith(
              "Run folder %s/shared is in use by process %d on host "
                  .formatted(server.folder(), driver.pid()));
      assertThat(second.code()).isEqualTo(4);
      assertThat(status("shared").state()).isEqualTo(RunStatus.State.RUNNING);
      server.release();
      assertEndsWell(driver, err);
    } finally {
      driver.destroyForcibly();
    }

    assertThat(status("shared").state()).isEqualTo(RunStatus.State.COMPLETE);
    assertIsTheLocalRun(folder("shared"));
  }

  /** A run in the store. */
  RunFolder folder(String name) throws IOException {
    return RunFolder.open(hadoop(), new org.apache.hadoop.fs.Path(server.folder(), name));
  }

  /** Settings of a run in the store. */
  List<String> settings(String name) throws IOException {
    List<String> settings = SmallRun.settings(temporary, name, SHORT);
    settings.add("run.folder=" + server.folder());
    return settings;
  }

  /** Starts a driver that trains, in a process of its own. */
  Process start(Path err, List<String> settings) throws IOException {
    List<String> options = new ArrayList<>();
    server.hadoop().forEach((key, value) -> options.add("-Dspark.hadoop." + key + "=" + value));
    List<String> command = new ArrayList<>(MainProcess.command(options.toArray(new String[0])));
    command.addAll(List.of(SmallRun.arguments("train", settings)));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(err.toFile())
        .start();
  }

  /** Waits until a request of a driver is held up. */
  void awaitHeld(Process driver, Path err) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
    while (!server.isHeld()) {
      if (!driver.isAlive() || System.nanoTime() > end) {
        throw new AssertionError("No request was held up: " + Files.readString(err));
      }
      Thread.sleep(50);
    }
  }

  static void assertEndsWell(Process driver, Path err) throws Exception {
    assertThat(driver.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(driver.exitValue()).as(Files.readString(err)).isZero();
  }

  /** Holds that every checkpoint is the local run's, and all of it there. */
  void assertIsTheLocalRun(RunFolder run) throws IOException {
    assertThat(run.root().toString()).startsWith(server.folder());
    assertThat(SmallRun.checkpoints(run)).hasSize(STEPS + 1).isEqualTo(SmallRun.checkpoints(local));
    for (long step = 0; step <= STEPS; step++) {
      Commit commit = run.readCommit(step);
      commit.verify(run.fileSystem(), run.checkpoint(step));
      assertThat(commit.rows()).isEqualTo(local.readCommit(step).rows());
    }
  }

  private RunStatus status(String name) throws IOException {
    return RunStatus.read(folder(name));
  }

  private static List<String> files(RunFolder run) throws IOException {
    FileSystem fileSystem = run.fileSystem();
    List<String> names = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> files = fileSystem.listFiles(run.root(), true);
    while (files.hasNext()) {
      names.add(files.next().getPath().toString());
    }
    return names;
  }
}
