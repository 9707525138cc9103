package dev.kindling.row;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.plans.logical.Repartition;

/**
 * Tables of so few bytes that one task has done with them before several have been begun: in one
 * partition nothing is shuffled or broadcast, and a stage is one job of one task.
 *
 * <p>It depends on the table's bytes alone, so that plans are the same on every cluster.
 */
public final class SmallTables {
  // A step of 256 rollouts of 40 tokens has 0.1 MB of each table.
  private static final long MOST_BYTES = 4L << 20;

  private SmallTables() {}

  /** Whether a table is small: put into one partition as such, or by what its files hold. */
  public static boolean isSmall(Dataset<Row> table) {
    if (table.queryExecution().analyzed() instanceof Repartition one && one.numPartitions() == 1) {
      return true;
    }
    return table.queryExecution().optimizedPlan().stats().sizeInBytes().toDouble() <= MOST_BYTES;
  }

  /** The rows in one partition where they are few, else as they are. */
  public static Dataset<Row> inOneTask(Dataset<Row> table) {
    return isSmall(table) ? table.coalesce(1) : table;
  }
}
