package dev.kindling.command;

import dev.kindling.io.RunStatus.State;
import dev.kindling.run.Run;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.FSError;

/** A command's work on a run, which leaves in the run's status file how it ended. */
final class Told {
  private Told() {}

  /** What a command does with an open run. */
  interface Work {
    void run() throws Exception;
  }

  /**
   * Does it.
   *
   * @return the exit code of a command that ends well
   */
  static int of(Run run, Work work) throws Exception {
    try {
      work.run();
      run.ended();
      return 0;
    } catch (Exception | VirtualMachineError | LinkageError | FSError failure) {
      try {
        tell(run, failure);
      } catch (IOException | RuntimeException untold) {
        failure.addSuppressed(untold);
      }
      throw failure;
    }
  }

  private static void tell(Run run, Throwable failure) throws IOException {
    if (Interruption.isStopping()) {
      run.failed(State.INTERRUPTED, "Stopped by a signal", Main.INTERRUPTED, true);
      return;
    }
    Failure explained = Failure.of(failure);
    List<String> lines = explained.lines();
    run.failed(
        State.FAILED,
        // The rest is a stack.
        String.join(" ", lines.subList(0, Math.min(2, lines.size()))),
        explained.code(),
        explained.code() != Main.USERS_MISTAKE);
  }
}
