package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.RunStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A signal to a command. */
@EnabledOnOs(OS.LINUX)
class InterruptionTest {
  private static final long SECONDS_TO_START = 120;
  private static final long SECONDS_TO_END = 60;

  @TempDir private Path temporary;
  private Path place;
  private Path scratch;
  private Path err;

  @BeforeEach
  void makeFolders() throws IOException {
    place = Files.createDirectory(temporary.resolve("place"));
    scratch = Files.createDirectory(temporary.resolve("scratch"));
    err = temporary.resolve("err");
  }

  @Test
  void aSignalEndsTheCommandAndWhatItStartedAndLeavesNothing() throws Exception {
    Process process = startBench();
    try {
      // The process that measures memory has a policy on disk.
      await(process, () -> !list(place).isEmpty());
      ProcessHandle started = process.descendants().findFirst().orElseThrow();
      process.destroy();
      requireInterrupted(process, "give the same command again.");
      started.onExit().get(SECONDS_TO_END, TimeUnit.SECONDS);
      assertThat(list(place)).isEmpty();
      assertThat(list(scratch)).isEmpty();
    } finally {
      kill(process);
    }
  }

  @Test
  void aSignalBeforeTheSessionIsOpenEndsTheCommandToo() throws Exception {
    Process process = startBench();
    try {
      await(process, () -> Files.readString(err).contains("Running Spark version"));
      process.destroy();
      requireInterrupted(process, "give the same command again.");
      assertThat(list(place)).isEmpty();
    } finally {
      kill(process);
    }
  }

  @Test
  void tasksThatLoseTheirFilesToASignalAreNoNews() throws Exception {
    Process process = start(SmallRun.arguments("train", SmallRun.settings(place, "run")));
    try {
      await(process, () -> Files.exists(place.resolve("run/status.json")));
      process.destroy();
      requireInterrupted(process, "the same command with --resume goes on from them.");
      RunStatus status = RunStatus.read(SmallRun.folder(place, "run"));
      assertThat(status.state()).isEqualTo(RunStatus.State.INTERRUPTED);
      assertThat(status.exitCode()).isEqualTo(3);
      assertThat(status.retryable()).isTrue();
      assertThat(status.step()).isEqualTo(1);
    } finally {
      kill(process);
    }
  }

  private Process startBench() throws IOException {
    return start("bench", "--what=memory", "--precision=float32", "--folder=" + place);
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = MainProcess.command("-Dspark.local.dir=" + scratch);
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(err.toFile())
        .start();
  }

  private static void await(Process process, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_START);
    while (!condition.call()) {
      assertThat(process.isAlive()).isTrue();
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(50);
    }
  }

  private void requireInterrupted(Process process, String howToGoOn) throws Exception {
    assertThat(process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(3);
    // The sentence is the last that there is to read.
    assertThat(Files.readString(err))
        .endsWith("\nInterrupted. Committed steps are safe; " + howToGoOn + "\n")
        .containsOnlyOnce("Interrupted")
        .doesNotContain("Kindling failed");
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
