package dev.kindling.stage;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.row.TableEngine;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * What must hold where RAPIDS computes tables on the GPUs that policies use: {@code
 * conf/spark/rapids.conf} has a value for each of these settings and its reason.
 */
public final class RapidsSettings {
  /** What to do where {@link #look} refuses. */
  public static final String REMEDY = "conf/spark/rapids.conf has settings that fit together";

  // Of RAPIDS 26.08.
  private static final double FREE_MEMORY = 1.0;
  private static final double LEAST_MEMORY = 0.25;

  /** Share of the memory of a GPU above which a policy has less than RAPIDS. */
  private static final double HALF = 0.5;

  private RapidsSettings() {}

  /**
   * Says what computes the tables.
   *
   * @throws InvalidInputException naming every setting by which RAPIDS and policies do not get on,
   *     or numbers are not what they are without it
   */
  public static String look(SparkSession spark) {
    if (!TableEngine.plansWithRapids(spark)) {
      return "Spark in the JVM";
    }
    String engine = TableEngine.of(spark);
    if (engine.equals(TableEngine.JVM)) {
      return "Spark in the JVM; RAPIDS looks at the plans and computes nothing";
    }
    require(spark.sparkContext().getConf());
    return engine + " on the GPU of each executor";
  }

  /** Holds that settings suit two engines on one GPU, which numbers must not notice. */
  static void require(SparkConf conf) {
    // Spark gives no GPUs to tasks of local mode; RAPIDS takes the first one there.
    boolean isLocal = conf.get("spark.master", "").matches("local(\\[.*)?");
    int cores = conf.getInt("spark.executor.cores", 1);
    String gpus = conf.get("spark.executor.resource.gpu.amount", "0");
    double share = conf.getDouble("spark.task.resource.gpu.amount", 1);
    double least = conf.getDouble("spark.rapids.memory.gpu.minAllocFraction", LEAST_MEMORY);
    double first = conf.getDouble("spark.rapids.memory.gpu.allocFraction", FREE_MEMORY);
    double most = conf.getDouble("spark.rapids.memory.gpu.maxAllocFraction", FREE_MEMORY);
    new Check()
        .that(
            isLocal || gpus.equals("1"),
            "spark.executor.resource.gpu.amount",
            gpus,
            "must be 1: RAPIDS takes one GPU an executor")
        .that(
            isLocal || share * cores <= 1,
            "spark.task.resource.gpu.amount",
            share,
            "must be at most 1 / spark.executor.cores, " + 1.0 / cores + ": tables would wait")
        .that(
            least <= first && first <= most,
            "spark.rapids.memory.gpu.allocFraction",
            first,
            "must be in [minAllocFraction, maxAllocFraction], [%s, %s]".formatted(least, most))
        .that(
            most <= HALF,
            "spark.rapids.memory.gpu.maxAllocFraction",
            most,
            "must be at most 0.5: policies need the rest")
        .that(
            !conf.getBoolean("spark.rapids.sql.variableFloatAgg.enabled", true),
            "spark.rapids.sql.variableFloatAgg.enabled",
            true,
            "must be false: sums would have another order each time")
        .that(
            conf.getBoolean("spark.rapids.sql.rowBasedUDF.enabled", false),
            "spark.rapids.sql.rowBasedUDF.enabled",
            false,
            "must be true: batches would leave the GPU for a function")
        .that(
            !conf.getBoolean("spark.rapids.shuffle.enabled", true),
            "spark.rapids.shuffle.enabled",
            true,
            "must be false: lost executors were tested with the shuffle of Spark alone")
        .done();
  }
}
