package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A signal to a command that has started a process of its own, which has begun to write. */
@EnabledOnOs(OS.LINUX)
class InterruptionTest {
  private static final long SECONDS_TO_START = 120;
  private static final long SECONDS_TO_END = 60;

  @TempDir private Path temporary;

  @Test
  void aSignalEndsTheCommandAndWhatItStartedAndLeavesNothing() throws Exception {
    Path place = Files.createDirectory(temporary.resolve("place"));
    Path err = temporary.resolve("err");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-Dspark.master=local[1]",
            "-Dspark.ui.enabled=false",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Main.class.getName(),
            "bench",
            "--what=memory",
            "--precision=float32",
            "--folder=" + place));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile())
            .start();
    try {
      ProcessHandle started = awaitStarted(process, place);
      process.destroy();
      assertThat(process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)).isTrue();
      started.onExit().get(SECONDS_TO_END, TimeUnit.SECONDS);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isEqualTo(3);
    assertThat(Files.readAllLines(err))
        .filteredOn(line -> line.matches("(Interrupted|The command|Kindling|\\s+at ).*"))
        .containsExactly(
            "Interrupted. Committed steps are safe; the same command with --resume goes on from"
                + " them.");
    assertThat(list(place)).isEmpty();
  }

  /** Waits until the process that measures memory has a policy on disk. */
  private static ProcessHandle awaitStarted(Process process, Path place) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_START);
    while (list(place).isEmpty()) {
      assertThat(process.isAlive()).isTrue();
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(50);
    }
    return process.descendants().findFirst().orElseThrow();
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
