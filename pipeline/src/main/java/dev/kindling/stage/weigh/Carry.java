package dev.kindling.stage.weigh;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** 4-weights → 4-carried: estimates of P that are carried to the steps that visit an example. */
public final class Carry {
  private Carry() {}

  /**
   * What a step leaves to the next: the estimates of the examples that it visited, and those of the
   * others as they were.
   *
   * @param carried rows of 4-carried of the step before
   * @param weights rows of 4-weights of this step
   * @param step this step
   * @return rows of 4-carried, ordered by example
   */
  public static Dataset<Row> next(Dataset<Row> carried, Dataset<Row> weights, long step) {
    Dataset<Row> visited =
        weights
            .filter("rollouts > 0")
            .selectExpr(
                "example_id",
                "carried_log_p AS log_p",
                "carried_count AS count",
                "carried_square_count AS square_count",
                "carried_sample_size AS effective_sample_size",
                "CAST(" + step + " AS BIGINT) AS visited_step");
    return carried
        .join(visited, carried.col("example_id").equalTo(visited.col("example_id")), "left_anti")
        .unionByName(visited)
        .coalesce(1)
        .sortWithinPartitions("example_id");
  }
}
