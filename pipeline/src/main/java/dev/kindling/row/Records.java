package dev.kindling.row;

import java.util.Arrays;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Rows of a data set as the records that tasks compute with. They are taken from Spark's own
 * format, and where a reader gives columns, from those: a row of the API would have an object for
 * each number of an array.
 */
public final class Records {
  private Records() {}

  /**
   * The records of a data set, in its partitions and their order.
   *
   * @param rows has the codec's columns, in any order
   */
  public static <T extends Record> JavaRDD<T> of(Dataset<Row> rows, RowCodec<T> codec) {
    Column[] columns =
        Arrays.stream(codec.schema().fieldNames()).map(functions::col).toArray(Column[]::new);
    Dataset<Row> ordered = rows.select(columns);
    SparkPlan plan = ordered.queryExecution().executedPlan();
    SparkPlan top = plan instanceof WholeStageCodegenExec compiled ? compiled.child() : plan;
    if (top instanceof ColumnarToRowExec reader) {
      return reader
          .child()
          .executeColumnar()
          .toJavaRDD()
          .flatMap(ColumnarBatch::rowIterator)
          .map(codec::fromInternal);
    }
    return ordered.queryExecution().toRdd().toJavaRDD().map(codec::fromInternal);
  }
}
