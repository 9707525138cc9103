package dev.kindling.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a run is, for schedulers and people: {@code status.json}, replaced whole at every stage.
 * Nothing of the run depends on it. A driver that was killed leaves it as it was, {@link
 * State#RUNNING} with the last change's time.
 *
 * @param state what the driver does, or how it ended
 * @param step the step that is worked on, or the last committed one where none is
 * @param steps steps of the whole run
 * @param stage the stage that runs or failed; null between stages
 * @param message a sentence for people: why it failed, what ended the run; null while it runs
 * @param exitCode of the command, null while it runs
 * @param retryable whether giving the same command again may help, null while it runs
 * @param host of the driver
 * @param pid its process there
 * @param applicationId Spark's
 * @param startedAt when the driver took the run, ISO 8601 in UTC
 * @param updatedAt when this was written, likewise
 * @param version of Kindling
 */
public record RunStatus(
    State state,
    long step,
    long steps,
    String stage,
    String message,
    Integer exitCode,
    Boolean retryable,
    String host,
    long pid,
    String applicationId,
    String startedAt,
    String updatedAt,
    String version) {
  /** What a driver does with a run. */
  public enum State {
    /** A stage runs. */
    RUNNING,
    /** The command has ended well and the run has steps left. */
    WAITING,
    /** All steps are committed, or the run has ended early as it was told. */
    COMPLETE,
    /** The command has failed. */
    FAILED,
    /** The command was stopped by a signal. */
    INTERRUPTED
  }

  /** Replaces the run's status. */
  public void write(RunFolder run) throws IOException {
    byte[] json = JsonText.of(this).getBytes(StandardCharsets.UTF_8);
    AtomicFile.replace(run.fileSystem(), run.status(), out -> out.write(json));
  }

  /** The status of a run that has had a driver. */
  public static RunStatus read(RunFolder run) throws IOException {
    try (InputStream in = run.fileSystem().open(run.status())) {
      return JsonText.MAPPER.readValue(in, RunStatus.class);
    }
  }
}
