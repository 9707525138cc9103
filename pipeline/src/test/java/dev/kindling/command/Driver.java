package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A command on a run in a process of its own, which is watched from outside and really killed. */
final class Driver implements AutoCloseable {
  private static final long SECONDS_TO_WAIT = 300;
  private static final long MILLIS_BETWEEN_LOOKS = 2;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final Path said;
  private final Path run;

  private Driver(Process process, Path said, Path run) {
    this.process = process;
    this.said = said;
    this.run = run;
  }

  /**
   * Starts one.
   *
   * @param run the run's folder, there or not yet
   * @param options of the JVM, such as {@code -Dspark.master=…}
   * @param home where executors are started from; empty where the driver starts none
   */
  static Driver start(Path run, List<String> options, Optional<Path> home, String... arguments)
      throws IOException {
    List<String> command = MainProcess.command(options.toArray(new String[0]));
    command.addAll(List.of(arguments));
    return start(run, run.getParent(), command, home);
  }

  /**
   * The same of a whole command line.
   *
   * @param logs where a file with what it says is made
   */
  static Driver start(Path run, Path logs, List<String> command, Optional<Path> home)
      throws IOException {
    Path said = Files.createTempFile(logs, "driver", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    home.ifPresent(folder -> builder.environment().put("SPARK_HOME", folder.toString()));
    return new Driver(builder.start(), said, run);
  }

  /** What it has written so far. */
  String said() throws IOException {
    return Files.readString(said);
  }

  /** Whether this driver is at work on a stage of a step. */
  boolean isAt(long step, String stage) throws IOException {
    return status()
        .filter(now -> now.get("step").asLong() == step && stage.equals(now.get("stage").asText()))
        .isPresent();
  }

  /** What the run's status says, if it is this driver's. */
  Optional<JsonNode> status() throws IOException {
    try {
      JsonNode status = JSON.readTree(Files.readAllBytes(run.resolve("status.json")));
      return Optional.of(status).filter(now -> now.get("pid").asLong() == process.pid());
    } catch (NoSuchFileException notYet) {
      return Optional.empty();
    }
  }

  /** Waits for a moment that must come before the process ends. */
  void await(String moment, Callable<Boolean> hasCome) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_WAIT);
    while (!hasCome.call()) {
      assertThat(process.isAlive()).as("%s: %s", moment, said()).isTrue();
      assertThat(System.nanoTime()).as("%s: %s", moment, said()).isLessThan(deadline);
      Thread.sleep(MILLIS_BETWEEN_LOOKS);
    }
  }

  /** Waits until it is at work on a stage of a step. */
  void awaitStage(long step, String stage) throws Exception {
    await("step " + step + " " + stage, () -> isAt(step, stage));
  }

  /** SIGKILL, to the driver alone: what it has started goes on. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Its process. */
  ProcessHandle process() {
    return process.toHandle();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Waits for its end and gives its exit code. */
  int end() throws Exception {
    assertThat(process.waitFor(SECONDS_TO_WAIT, TimeUnit.SECONDS)).as(said()).isTrue();
    return process.exitValue();
  }

  /** Whether it ends before so long has passed. */
  boolean endsWithin(long time, TimeUnit unit) throws InterruptedException {
    return process.waitFor(time, unit);
  }

  /** Its executors, where it has started them itself. */
  List<ProcessHandle> executors() {
    return executorsOf(process.toHandle());
  }

  /** The executors that a driver or worker has started. */
  static List<ProcessHandle> executorsOf(ProcessHandle parent) {
    return parent
        .descendants()
        .filter(
            child -> child.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
        .toList();
  }

  /** Sends a signal by its name. */
  static void signal(String name, ProcessHandle to) throws Exception {
    int code = new ProcessBuilder("kill", "-" + name, String.valueOf(to.pid())).start().waitFor();
    assertThat(code).as("kill -%s %d", name, to.pid()).isZero();
  }

  /** Kills it and all that it has started. */
  @Override
  public void close() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
