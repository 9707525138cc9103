package dev.kindling.command;

import org.apache.spark.sql.SparkSession;

/** The Spark session that spark-submit has configured. */
final class Sessions {
  private Sessions() {}

  /** The one session of this process. */
  static SparkSession session() {
    return SparkSession.builder().appName("kindling").getOrCreate();
  }
}
