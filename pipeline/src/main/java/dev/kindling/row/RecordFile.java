package dev.kindling.row;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A table that the driver holds, written by the driver through Spark's own Parquet writer: a Spark
 * job for a row of metrics takes ten times as long as the row.
 */
final class RecordFile {
  private static final String NAME = "part-00000.zstd.parquet";

  private RecordFile() {}

  /**
   * Writes the folder of a table, in place of what is there.
   *
   * @param options those of a write by Spark
   */
  static void write(
      SparkSession spark,
      StructType schema,
      InternalRow[] rows,
      Map<String, String> options,
      Path folder)
      throws IOException {
    Job job = Job.getInstance(spark.sessionState().newHadoopConf());
    options.forEach(job.getConfiguration()::set);
    TaskAttemptContext task =
        new TaskAttemptContextImpl(job.getConfiguration(), new TaskAttemptID());
    FileSystem files = folder.getFileSystem(job.getConfiguration());
    files.delete(folder, true);
    files.mkdirs(folder);
    OutputWriter writer =
        new ParquetFileFormat()
            .prepareWrite(spark, job, CollectionConverters.asScala(options).toMap(null), schema)
            .newInstance(new Path(folder, NAME).toString(), schema, task);
    try {
      for (InternalRow row : rows) {
        writer.write(row);
      }
    } finally {
      writer.close();
    }
  }

  /** Rows in Spark's own format. */
  static InternalRow[] internal(StructType schema, List<Row> rows) {
    Function1<Object, Object> toInternal = CatalystTypeConverters.createToCatalystConverter(schema);
    return rows.stream()
        .map(row -> (InternalRow) toInternal.apply(row))
        .toArray(InternalRow[]::new);
  }
}
