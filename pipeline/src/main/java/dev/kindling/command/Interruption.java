package dev.kindling.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.IExecutionExceptionHandler;

/** Turns a signal into exit code 3 and a sentence that says how to go on. */
final class Interruption {
  // Time for the command to remove its temporary files, and for tasks to see that they are killed.
  private static final long SECONDS_TO_END = 10;
  private static final long MILLIS_BETWEEN_LOOKS = 20;

  // As Spark names the threads of an executor in this process.
  private static final String TASK_THREADS = "Executor task launch worker";

  private final CountDownLatch mainHasEnded = new CountDownLatch(1);
  private volatile boolean isStopping;

  private Interruption() {}

  /** Begins to watch. */
  static Interruption watch() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(new Thread(interruption::shutDown, "interruption"));
    return interruption;
  }

  /** Says that the exit that follows is the command's own. */
  void mainHasEnded() {
    mainHasEnded.countDown();
  }

  /** Passes failures on, but those that come of Spark being stopped under a running command. */
  IExecutionExceptionHandler unlessStopping(IExecutionExceptionHandler handler) {
    return (failure, commandLine, parsed) ->
        isStopping
            ? Main.INTERRUPTED
            : handler.handleExecutionException(failure, commandLine, parsed);
  }

  private void shutDown() {
    if (mainHasEnded.getCount() == 0) {
      return;
    }
    isStopping = true;
    System.err.println(
        "\nInterrupted. Committed steps are safe; the same command with --resume goes on from them.");
    // A process of the command's own hears of a key, but not of a signal to this one.
    ProcessHandle.current().children().forEach(ProcessHandle::destroy);
    SparkSession.getDefaultSession()
        .foreach(
            session -> {
              // Tasks that lose what they read are no news any more.
              session.sparkContext().setLogLevel("OFF");
              session.sparkContext().cancelAllJobs();
              session.stop();
              return null;
            });
    awaitMain();
    awaitTasks();
    // The virtual machine would exit with 128 + signal, which schedulers take for a crash.
    Runtime.getRuntime().halt(Main.INTERRUPTED);
  }

  private void awaitMain() {
    try {
      if (!mainHasEnded.await(SECONDS_TO_END, TimeUnit.SECONDS)) {
        System.err.println("The command did not end; its temporary files may be left.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for tasks in this process: one in native code would crash as the process ends. */
  private void awaitTasks() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_END);
    try {
      while (runsTasks() && System.nanoTime() < deadline) {
        Thread.sleep(MILLIS_BETWEEN_LOOKS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean runsTasks() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith(TASK_THREADS));
  }
}
