package dev.kindling.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.LongTests;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Resident memory after the tenth stage is that after the last, in a process of its own whose Java
 * heap is resident from the start, so that only native memory can grow.
 *
 * <p>The bound: weights are 1.9 MB, so that a copy that no stage gives back would make 130 MB of 70
 * rollout stages and 76 MB of 40 updates, in the long form 360 MB of 190 and 95 MB of 50. Java's
 * compiled code and classes grow too, by about 30 MB in that time.
 */
@EnabledOnOs(OS.LINUX)
class SteadyMemoryTest {
  private static final int SETTLED = 10;
  private static final long BOUND = 64L << 20;

  private static List<String> lines;

  @BeforeAll
  static void run(@TempDir Path folder) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> !flag.startsWith("-Xm"))
            .toList());
    command.addAll(List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"));
    command.add("-D" + LongTests.PROPERTY + "=" + (LongTests.ARE_RUN ? LongTests.LONG : "short"));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            SteadyMemory.class.getName(),
            folder + File.separator + "steady"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    lines = out.lines().toList();
  }

  private static long[] resident(String stage) {
    return lines.stream()
        .filter(line -> line.startsWith(stage + " "))
        .mapToLong(line -> Long.parseLong(line.substring(stage.length() + 1)))
        .toArray();
  }

  @Test
  void rolloutStagesLeaveNothingBehind() {
    assertFlat(resident("rollout"), SteadyMemory.ROLLOUTS);
  }

  @Test
  void updatesLeaveNothingBehind() {
    assertFlat(resident("update"), SteadyMemory.UPDATES);
  }

  private static void assertFlat(long[] bytes, int stages) {
    assertThat(bytes).hasSize(stages);
    long[] settled = Arrays.copyOfRange(bytes, SETTLED, stages);
    assertThat(Arrays.stream(settled).max().orElseThrow() - bytes[SETTLED - 1])
        .as("growth in bytes after stage %d of %s", SETTLED, Arrays.toString(bytes))
        .isLessThan(BOUND);
  }
}
