package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.io.FileMistake;
import dev.kindling.io.RunInUseException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.spark.SparkThrowable;

/**
 * How a command ends that failed: what a person is told and whether a scheduler should try again.
 *
 * @param code {@link Main#USERS_MISTAKE} where a retry cannot help, {@link Main#OUR_FAULT} where it
 *     may or where nobody knows, {@link Main#TRY_LATER} where it does once another driver has ended
 * @param lines what is printed
 */
record Failure(int code, List<String> lines) {
  private static final int MOST_STACK_LINES = 60;

  /** What of a chain of causes is known, and what is said of it. */
  private interface Cause {
    Optional<Failure> of(Throwable cause);
  }

  // The first that knows one of the causes, from the outermost in.
  private static final List<Cause> CAUSES =
      List.of(
          Failure::mistake,
          Failure::inUse,
          Failure::fileSystem,
          Failure::path,
          Failure::unreachable,
          Failure::file,
          Failure::damaged,
          Failure::memory,
          Failure::library,
          Failure::executors);

  /** Explains what a command threw. */
  static Failure of(Throwable failure) {
    for (Cause known : CAUSES) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        Optional<Failure> explained = known.of(cause);
        if (explained.isPresent()) {
          return explained.get();
        }
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add("Kindling failed (this is its fault, not yours; please report it):");
    StringWriter stack = new StringWriter();
    failure.printStackTrace(new PrintWriter(stack));
    List<String> trace = stack.toString().lines().toList();
    lines.addAll(trace.subList(0, Math.min(MOST_STACK_LINES, trace.size())));
    if (trace.size() > MOST_STACK_LINES) {
      lines.add("\t... " + (trace.size() - MOST_STACK_LINES) + " more lines");
    }
    return new Failure(Main.OUR_FAULT, lines);
  }

  private static Optional<Failure> mistake(Throwable cause) {
    return cause instanceof InvalidInputException mistake
        ? Optional.of(new Failure(Main.USERS_MISTAKE, mistake.violations()))
        : Optional.empty();
  }

  private static Optional<Failure> inUse(Throwable cause) {
    return cause instanceof RunInUseException
        ? Optional.of(new Failure(Main.TRY_LATER, List.of(cause.getMessage())))
        : Optional.empty();
  }

  private static Optional<Failure> fileSystem(Throwable cause) {
    String said = String.valueOf(cause.getMessage());
    if (cause instanceof UnsupportedFileSystemException) {
      return users(
          "Cannot open a path: %s (must be file, hdfs or one whose connector is there)", said);
    }
    if (cause instanceof ClassNotFoundException && said.contains("FileSystem")) {
      return users(
          "Cannot open a path: %s (add its connector, for s3a: ./submit.sh --packages org.apache.hadoop:hadoop-aws:VERSION, that of Spark's Hadoop)",
          said);
    }
    boolean isOfFiles =
        cause instanceof UnsupportedOperationException
            && cause.getStackTrace().length > 0
            && cause.getStackTrace()[0].getClassName().endsWith("FileSystem");
    return isOfFiles
        ? users("Cannot write there: %s (must be a file system that can be written)", said)
        : Optional.empty();
  }

  private static Optional<Failure> path(Throwable cause) {
    // Hadoop's own local files, which a cluster's driver has, take what is before a colon for a
    // scheme.
    return cause instanceof URISyntaxException
        ? users("Cannot use a path: %s (choose a name without colons)", cause.getMessage())
        : Optional.empty();
  }

  private static Optional<Failure> unreachable(Throwable cause) {
    boolean isOne =
        cause instanceof ConnectException
            || cause instanceof UnknownHostException
            || cause instanceof NoRouteToHostException
            || cause instanceof SocketTimeoutException;
    return isOne
        ? told(Main.OUR_FAULT, "Cannot reach a server: %s (a retry may help)", cause.getMessage())
        : Optional.empty();
  }

  private static Optional<Failure> file(Throwable cause) {
    // Spark's own repeat what their cause says, within paragraphs.
    return !(cause instanceof SparkThrowable) && FileMistake.isOne(cause)
        ? users(
            "Cannot use a file: %s (it must be there and permitted, on a disk with free space; with --resume a run goes on from its last commit)",
            cause.getMessage())
        : Optional.empty();
  }

  private static Optional<Failure> damaged(Throwable cause) {
    boolean isSparks =
        cause instanceof SparkThrowable known
            && String.valueOf(known.getCondition()).startsWith("FAILED_READ_FILE");
    return isSparks || cause instanceof ParquetDecodingException
        ? users(
            "Cannot read a table: %s (it is damaged: run the stage that writes it again, or restore it)",
            cause.getMessage())
        : Optional.empty();
  }

  private static Optional<Failure> memory(Throwable cause) {
    return cause instanceof OutOfMemoryError
        ? users(
            "Memory ran out: %s (give more by --driver-memory or --executor-memory, or lower sampler.prompts_per_task and trainer.micro_batch_tokens)",
            cause.getMessage())
        : Optional.empty();
  }

  private static Optional<Failure> library(Throwable cause) {
    return cause instanceof LinkageError
        ? users("Cannot load a library: %s (./submit.sh doctor says what is missing)", cause)
        : Optional.empty();
  }

  private static Optional<Failure> executors(Throwable cause) {
    String said = String.valueOf(cause.getMessage());
    return cause instanceof SparkThrowable && said.contains("ExecutorLostFailure")
        ? told(
            Main.OUR_FAULT,
            "Spark gave up: %s (with --resume the run goes on from its last commit)",
            said)
        : Optional.empty();
  }

  private static Optional<Failure> users(String sentence, Object said) {
    return told(Main.USERS_MISTAKE, sentence, said);
  }

  private static Optional<Failure> told(int code, String sentence, Object said) {
    // Hadoop and Spark write paragraphs and stacks into messages.
    String first = String.valueOf(said).lines().findFirst().orElse("");
    return Optional.of(new Failure(code, List.of(sentence.formatted(first))));
  }
}
