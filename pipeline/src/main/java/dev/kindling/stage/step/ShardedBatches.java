package dev.kindling.stage.step;

import dev.kindling.row.BatchRow;
import dev.kindling.row.Records;
import dev.kindling.row.Table;
import dev.kindling.stage.WholeGpu;
import java.io.Serializable;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.PartitionPruningRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import scala.Function1;
import scala.Tuple2;

/**
 * 5-batches laid out for the trainer: one partition for every (update, shard), kept by Spark over
 * the updates of the step.
 */
public final class ShardedBatches implements AutoCloseable {
  private final int shards;
  private final JavaRDD<BatchRow> partitions;

  /** Decides which partitions an update runs on. */
  private interface PartitionFilter extends Function1<Object, Object>, Serializable {}

  /**
   * Lays out a step's batches.
   *
   * @param batches rows of 5-batches
   * @param updates gradient updates of the step
   * @param shards gradient shards of an update
   */
  public ShardedBatches(Dataset<Row> batches, int updates, int shards) {
    this.shards = shards;
    this.partitions =
        Records.of(batches, Table.BATCHES.codec())
            .mapToPair(batch -> new Tuple2<>(batch.update() * shards + batch.shard(), batch))
            .partitionBy(new HashPartitioner(updates * shards))
            .values()
            .persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** The rows of one update, a partition for each shard, for tasks that have a policy. */
  JavaRDD<BatchRow> of(int update) {
    int perUpdate = shards;
    PartitionFilter filter = index -> (Integer) index / perUpdate == update;
    RDD<BatchRow> pruned = PartitionPruningRDD.create(partitions.rdd(), filter);
    return WholeGpu.of(pruned.toJavaRDD());
  }

  @Override
  public void close() {
    partitions.unpersist();
  }
}
