package dev.kindling.command;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.IExecutionExceptionHandler;

/** Turns a signal into exit code 3 and a sentence that says how to go on. */
final class Interruption {
  // Time for the command to remove its temporary files, and for tasks to see that they are killed.
  private static final long SECONDS_TO_END = 20;

  // Both of these, and time for a cluster to take its executors back.
  private static final long SECONDS_IN_ALL = 60;
  private static final long MILLIS_BETWEEN_LOOKS = 20;

  // Hadoop's hooks run by priority, Spark's at 40, the file systems' at 10.
  private static final int BEFORE_ALL = 100;
  private static final int AFTER_ALL = 0;

  // As Spark names the threads of an executor in this process.
  private static final String TASK_THREADS = "Executor task launch worker";

  // A signal is for the whole process.
  private static volatile boolean isStopping;

  private final CountDownLatch mainHasEnded = new CountDownLatch(1);

  private final BooleanSupplier wantsResume;

  private Interruption(BooleanSupplier wantsResume) {
    this.wantsResume = wantsResume;
  }

  /**
   * Begins to watch. Hadoop runs its hooks one after the other: the command is ended before Spark
   * stops its context and Hadoop closes its file systems, both of which the command needs to clean
   * up after itself, and the process once they have removed what is theirs.
   *
   * @param wantsResume whether the command that runs goes on by an option of its own
   */
  static Interruption watch(BooleanSupplier wantsResume) {
    Interruption interruption = new Interruption(wantsResume);
    ShutdownHookManager hooks = ShutdownHookManager.get();
    hooks.addShutdownHook(interruption::endCommand, BEFORE_ALL, SECONDS_IN_ALL, TimeUnit.SECONDS);
    hooks.addShutdownHook(interruption::endProcess, AFTER_ALL, SECONDS_IN_ALL, TimeUnit.SECONDS);
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

  /** Whether this process was told to end. */
  static boolean isStopping() {
    return isStopping;
  }

  private void endCommand() {
    if (mainHasEnded.getCount() == 0) {
      return;
    }
    isStopping = true;
    PrintStream err = silence();
    err.println(
        "\nInterrupted. Committed steps are safe; "
            + (wantsResume.getAsBoolean()
                ? "the same command with --resume goes on from them."
                : "give the same command again."));
    awaitMain(err);
  }

  /**
   * Ends logs and what threads print as they die: that tasks lose their files and pools refuse work
   * is no news any more.
   *
   * @return where a person can still be told something
   */
  private static PrintStream silence() {
    PrintStream err = System.err;
    Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    return err;
  }

  private void endProcess() {
    if (isStopping) {
      // The virtual machine would exit with 128 + signal, which schedulers take for a crash.
      Runtime.getRuntime().halt(Main.INTERRUPTED);
    }
  }

  /**
   * Stops what the command has started, and again until it ends: one that has just begun may only
   * now open its session.
   */
  private void awaitMain(PrintStream err) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_END);
    try {
      do {
        // A process of the command's own hears of a key, but not of a signal to this one.
        ProcessHandle.current().children().forEach(ProcessHandle::destroy);
        SparkSession.getDefaultSession().foreach(Interruption::stop);
        if (System.nanoTime() > deadline) {
          err.println("The command did not end; its temporary files may be left.");
          return;
        }
      } while (!mainHasEnded.await(MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Object stop(SparkSession session) {
    if (!session.sparkContext().isStopped()) {
      session.sparkContext().cancelAllJobs();
      awaitTasks();
      session.stop();
    }
    return null;
  }

  /** Waits for tasks in this process: one in native code would crash as the process ends. */
  private static void awaitTasks() {
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
