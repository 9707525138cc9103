package dev.kindling.udf.worker;

import java.io.Serializable;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;

/**
 * What a process of a verifier may take.
 *
 * @param seconds wall clock of one answer, in (0, 3600]
 * @param cpuSeconds processor time of one answer, in (0, 3600]
 * @param memoryMib heap of the process, 64 to 65536 MiB
 */
public record WorkerLimits(double seconds, double cpuSeconds, int memoryMib)
    implements Serializable {
  /** Settings of a Spark session, for the SQL functions; the same names as in a run's file. */
  private static final String PREFIX = "spark.kindling.verifier.worker.";

  /** Limits where a session has no settings. */
  public static final WorkerLimits DEFAULT = new WorkerLimits(30, 5, 512);

  /** Refuses values outside the ranges. */
  public WorkerLimits {
    require(seconds > 0 && seconds <= 3600, "seconds", seconds, "must be in (0, 3600]");
    require(
        cpuSeconds > 0 && cpuSeconds <= 3600, "cpu_seconds", cpuSeconds, "must be in (0, 3600]");
    require(
        memoryMib >= 64 && memoryMib <= 65536, "memory_mib", memoryMib, "must be in [64, 65536]");
  }

  private static void require(boolean holds, String name, Object value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Invalid verifier.worker.%s: %s (%s)".formatted(name, value, rule));
    }
  }

  /** The limits that the session of this executor was started with. */
  public static WorkerLimits ofSession() {
    SparkEnv env = SparkEnv.get();
    if (env == null) {
      return DEFAULT;
    }
    SparkConf conf = env.conf();
    return new WorkerLimits(
        conf.getDouble(PREFIX + "seconds", DEFAULT.seconds),
        conf.getDouble(PREFIX + "cpu_seconds", DEFAULT.cpuSeconds),
        conf.getInt(PREFIX + "memory_mib", DEFAULT.memoryMib));
  }
}
