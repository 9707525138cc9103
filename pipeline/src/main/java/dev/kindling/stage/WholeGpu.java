package dev.kindling.stage;

import dev.kindling.check.InvalidInputException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * Gives tasks that have a policy a GPU of their own where Spark gives several tasks of tables one
 * ({@code spark.task.resource.gpu.amount} below 1), by stage-level scheduling.
 */
public final class WholeGpu {
  private static final String SHARE = "spark.task.resource.gpu.amount";
  private static final String DYNAMIC = "spark.dynamicAllocation.enabled";

  private WholeGpu() {}

  /**
   * Holds that no two policies share a GPU.
   *
   * @throws InvalidInputException if they would: stages of one application have GPUs of other sizes
   *     only on executors that stay
   */
  public static void requireWhole(SparkConf conf) {
    if (isShared(conf) && isDynamic(conf)) {
      throw new InvalidInputException(
          "Invalid %s: %s (must be 1 where %s is true: there every policy would have a part of a GPU)"
              .formatted(SHARE, conf.get(SHARE), DYNAMIC));
    }
  }

  /**
   * The same rows, computed by tasks that have a GPU each.
   *
   * @param tasks computes with a policy
   * @return {@code tasks} itself where there are no GPUs, or every task has one anyway
   */
  public static <T> JavaRDD<T> of(JavaRDD<T> tasks) {
    SparkConf conf = tasks.context().getConf();
    return isShared(conf) && !isDynamic(conf) ? tasks.withResources(Profile.ONE_GPU) : tasks;
  }

  private static boolean isShared(SparkConf conf) {
    return conf.getDouble(SHARE, 1) < 1;
  }

  private static boolean isDynamic(SparkConf conf) {
    return conf.getBoolean(DYNAMIC, false);
  }

  /** Made when it is needed, for Spark numbers every profile that is made. */
  private static final class Profile {
    private static final ResourceProfile ONE_GPU =
        new ResourceProfileBuilder().require(new TaskResourceRequests().resource("gpu", 1)).build();
  }
}
