package dev.kindling.run;

import dev.kindling.io.RunFolder;
import dev.kindling.io.RunLock;
import dev.kindling.io.RunStatus;
import dev.kindling.io.RunStatus.State;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.spark.SparkContext;

/** Tells in a run's {@code status.json} and in Spark's UI what this driver does with the run. */
final class StatusFile {
  private final SparkContext context;
  private final RunFolder folder;
  private final long steps;
  private final String version;
  // Asked for once: a context that was stopped has none.
  private final String applicationId;
  private final String startedAt = now();
  private long step;
  private String stage;

  StatusFile(SparkContext context, RunFolder folder, long steps, long step, String version) {
    this.context = context;
    this.folder = folder;
    this.steps = steps;
    this.step = step;
    this.version = version;
    this.applicationId = context.applicationId();
  }

  /**
   * Says that a stage begins.
   *
   * @param work its size in words; empty where the name says all
   */
  void begin(long openStep, String name, String work) throws IOException {
    step = openStep;
    stage = name;
    String description = "step " + openStep + " · " + name + (work.isEmpty() ? "" : " · " + work);
    context.setJobGroup(folder.root().getName() + " step " + openStep, description, true);
    write(State.RUNNING, null, null, null);
  }

  /** Says that a command has ended well, after its last committed step. */
  void end(long lastStep, State state, String message) throws IOException {
    context.clearJobGroup();
    step = lastStep;
    stage = null;
    write(state, message, 0, false);
  }

  /** Says that a command has ended in the stage that was begun. */
  void fail(State state, String message, int exitCode, boolean retryable) throws IOException {
    context.clearJobGroup();
    write(state, message, exitCode, retryable);
  }

  private void write(State state, String message, Integer exitCode, Boolean retryable)
      throws IOException {
    RunLock.Holder driver = RunLock.Holder.ofThisProcess();
    new RunStatus(
            state,
            step,
            steps,
            stage,
            message,
            exitCode,
            retryable,
            driver.host(),
            driver.pid(),
            applicationId,
            startedAt,
            now(),
            version)
        .write(folder);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
