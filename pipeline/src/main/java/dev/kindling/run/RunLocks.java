package dev.kindling.run;

import dev.kindling.io.RunInUseException;
import dev.kindling.io.RunLock;
import java.io.IOException;
import java.time.Duration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Takes the locks of runs, and waits for a driver that holds one.
 *
 * @param spark a session that ends the wait when it is stopped
 * @param progress who is told of the wait
 * @param longest how long to wait, at least 0
 */
record RunLocks(SparkSession spark, Progress progress, Duration longest) {
  private static final long MILLIS_BETWEEN_TRIES = 500;

  /**
   * Takes the lock of a run folder.
   *
   * @throws RunInUseException when another driver holds it all the time
   */
  RunLock take(FileSystem fileSystem, Path root) throws IOException {
    long deadline = System.nanoTime() + longest.toNanos();
    for (boolean isFirst = true; ; isFirst = false) {
      try {
        return RunLock.acquire(fileSystem, root);
      } catch (RunInUseException held) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || spark.sparkContext().isStopped()) {
          throw held;
        }
        if (isFirst) {
          progress.tell(
              "Waiting up to %d s for the lock: %s"
                  .formatted(longest.toSeconds(), held.getMessage()));
        }
        pause(Math.min(millis, MILLIS_BETWEEN_TRIES));
      }
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for a lock", e);
    }
  }
}
