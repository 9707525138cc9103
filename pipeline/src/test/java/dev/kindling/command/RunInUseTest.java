package dev.kindling.command;

import static dev.kindling.command.CommandResult.ok;
import static dev.kindling.command.CommandResult.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.RunFolder;
import dev.kindling.io.RunLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A run that another driver holds is nobody's mistake: a scheduler tries later, or waits. */
class RunInUseTest {
  private static final long SECONDS_TO_START = 120;
  private static final long SECONDS_TO_END = 60;

  @TempDir static Path temporary;
  private static RunFolder folder;
  private static String run;

  @BeforeAll
  static void prepare() throws IOException {
    ok(SmallRun.arguments("prepare", SmallRun.settings(temporary, "run")));
    folder = SmallRun.folder(temporary, "run");
    run = temporary.resolve("run").toString();
  }

  private static RunLock hold() throws IOException {
    return RunLock.acquire(folder.fileSystem(), folder.root());
  }

  @Test
  void whoFindsTheRunInUseIsToldByAnExitCodeOfItsOwn() throws IOException {
    List<String> settings = SmallRun.settings(temporary, "run");
    List<String[]> commands =
        List.of(
            new String[] {"rollout", "--run", run},
            new String[] {"stages", "rollout..step", "--run", run, "--wait-lock=1"},
            SmallRun.arguments("prepare", settings, "--step=1"),
            SmallRun.arguments("train", settings, "--resume"));
    try (RunLock held = hold()) {
      for (String[] command : commands) {
        CommandResult result = CommandResult.of(command);
        assertThat(result.err())
            .startsWith(
                "Run folder %s is in use by process %d"
                    .formatted(folder.root(), ProcessHandle.current().pid()));
        assertThat(result.code()).isEqualTo(4);
      }
      held.verifyHeld();
    }
  }

  @Test
  void aWaitIsAtLeastNoneAndAtMostAWeek() {
    for (String seconds : List.of("-1", "604801")) {
      refuses(
          "Invalid --wait-lock: %s (must be in [0, 604800])".formatted(seconds),
          "rollout",
          "--run",
          run,
          "--wait-lock=" + seconds);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whoWaitsSaysSoOnceAndGoesOnWhenTheRunIsGivenBack() throws Exception {
    Path err = temporary.resolve("waits");
    Process process = start(err, "rollout", "--run", run, "--wait-lock", "600");
    try {
      try (RunLock held = hold()) {
        awaitWait(process, err);
        held.verifyHeld();
      }
      assertThat(process.waitFor(SECONDS_TO_START, TimeUnit.SECONDS)).isTrue();
      String said = Files.readString(err);
      assertThat(process.exitValue()).as(said).isZero();
      assertThat(said)
          .containsOnlyOnce(
              "Waiting up to 600 s for the lock: Run folder %s is in use by process %d"
                  .formatted(folder.root(), ProcessHandle.current().pid()))
          .contains("stage=rollout step=1 rows=16 ");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aSignalEndsTheWait() throws Exception {
    Path err = temporary.resolve("signal");
    try (RunLock held = hold()) {
      Process process = start(err, "rollout", "--run", run, "--wait-lock", "600");
      try {
        awaitWait(process, err);
        process.destroy();
        assertThat(process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(3);
        assertThat(Files.readString(err)).doesNotContain("did not end");
      } finally {
        process.destroyForcibly();
      }
      held.verifyHeld();
    }
  }

  private static Process start(Path err, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(MainProcess.command());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(err.toFile())
        .start();
  }

  private static void awaitWait(Process process, Path err) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_START);
    while (!Files.readString(err).contains("Waiting up to")) {
      assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(50);
    }
  }
}
