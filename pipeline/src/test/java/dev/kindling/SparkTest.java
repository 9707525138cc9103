package dev.kindling;

import dev.kindling.io.LocalFiles;
import org.apache.spark.sql.SparkSession;

/** The Spark that tests run on: two threads of this JVM, one session for all test classes. */
public final class SparkTest {
  private SparkTest() {}

  /**
   * The session, started by the first caller and ended with the JVM. Tests may register temporary
   * views of their own names but must leave its settings alone.
   */
  public static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .appName("kindling-tests")
        .config("spark.ui.enabled", false)
        .config("spark.log.level", "WARN")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", 2)
        // As conf/spark/local.conf: what tests plan is small.
        .config("spark.sql.adaptive.enabled", false)
        .config("spark.sql.codegen.wholeStage", false)
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.sql.session.timeZone", "UTC")
        // As a session of the command line in local mode.
        .config("spark.hadoop." + LocalFiles.SETTING, LocalFiles.class.getName())
        .config(
            "spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/kindling-warehouse")
        .getOrCreate();
  }
}
