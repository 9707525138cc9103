package dev.kindling.command;

import org.apache.spark.sql.SparkSession;

/** Turns a signal into exit code 3 and a sentence that says how to go on. */
final class Interruption {
  private volatile boolean mainHasEnded;

  private Interruption() {}

  /** Begins to watch. */
  static Interruption watch() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(new Thread(interruption::shutDown, "interruption"));
    return interruption;
  }

  /** Says that the exit that follows is the command's own. */
  void mainHasEnded() {
    mainHasEnded = true;
  }

  private void shutDown() {
    if (mainHasEnded) {
      return;
    }
    System.err.println(
        "\nInterrupted. Committed steps are safe; the same command with --resume goes on from them.");
    SparkSession.getDefaultSession()
        .foreach(
            session -> {
              session.stop();
              return null;
            });
    // The virtual machine would exit with 128 + signal, which schedulers take for a crash.
    Runtime.getRuntime().halt(Main.INTERRUPTED);
  }
}
