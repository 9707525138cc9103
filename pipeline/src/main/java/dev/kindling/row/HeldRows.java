package dev.kindling.row;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.LogicalRDD$;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * Rows of a small table that the driver holds, as a source of queries. Other rows can be put in
 * their place between two jobs, so that a query is planned once for all steps.
 */
final class HeldRows extends RDD<InternalRow> {
  private static final long serialVersionUID = 1;

  /** Rows of which a task takes no more, so that records are judged side by side. */
  private static final int ROWS_OF_A_TASK = 128;

  private static final int MOST_TASKS = 16;

  private final int tasks;

  // Goes with each job to its tasks.
  private InternalRow[] rows;

  private HeldRows(SparkContext context, InternalRow[] rows, int tasks) {
    super(
        context,
        CollectionConverters.asScala(List.<org.apache.spark.Dependency<?>>of()).toSeq(),
        ClassTag$.MODULE$.apply(InternalRow.class));
    this.rows = rows;
    this.tasks = tasks;
  }

  /** A source in one partition, of no rows yet. */
  static HeldRows inOneTask(SparkSession spark) {
    return new HeldRows(spark.sparkContext(), new InternalRow[0], 1);
  }

  /** A source of these rows, in as many partitions as they have to be worked on side by side. */
  static HeldRows of(SparkSession spark, InternalRow[] rows) {
    int tasks = Math.min(MOST_TASKS, (rows.length + ROWS_OF_A_TASK - 1) / ROWS_OF_A_TASK);
    return new HeldRows(spark.sparkContext(), rows, Math.max(1, tasks));
  }

  /** Puts other rows in the place of these, for jobs to come. */
  void hold(InternalRow[] others) {
    rows = others;
  }

  /** The rows as a data set, of which Spark's planner knows that it is small. */
  Dataset<Row> dataset(SparkSession spark, StructType schema) {
    var session = (org.apache.spark.sql.classic.SparkSession) spark;
    // Of an RDD alone Spark believes that it is as large as can be.
    var small =
        (org.apache.spark.sql.classic.Dataset<Row>)
            spark.createDataset(List.<Row>of(), Encoders.row(schema));
    Dataset<Row> all =
        org.apache.spark.sql.classic.Dataset.ofRows(
            session, LogicalRDD$.MODULE$.fromDataset(this, small, false));
    return tasks == 1 ? all.coalesce(1) : all;
  }

  /** Some of the rows, by place. */
  private record Slice(int index) implements Partition {
    @Override
    public boolean equals(Object other) {
      return other instanceof Slice slice && slice.index == index;
    }

    @Override
    public int hashCode() {
      return index;
    }
  }

  @Override
  public Partition[] getPartitions() {
    Partition[] partitions = new Partition[tasks];
    Arrays.setAll(partitions, Slice::new);
    return partitions;
  }

  @Override
  public scala.collection.Iterator<InternalRow> compute(Partition partition, TaskContext task) {
    int from = (int) ((long) partition.index() * rows.length / tasks);
    int to = (int) ((long) (partition.index() + 1) * rows.length / tasks);
    return CollectionConverters.asScala(Arrays.asList(rows).subList(from, to).iterator());
  }
}
