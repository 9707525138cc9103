package dev.kindling.stage.read;

import dev.kindling.check.InvalidInputException;
import dev.kindling.dataset.DataSets;
import dev.kindling.dataset.PromptStyle;
import dev.kindling.dataset.ReadRecord;
import dev.kindling.dataset.RecordReader;
import dev.kindling.io.Decompressed;
import dev.kindling.io.FileMistake;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/** Files of a data set's own format → {@link SourceRow}s: a task reads a file from end to end. */
public final class RecordFiles {
  private RecordFiles() {}

  /**
   * A file.
   *
   * @param location its whole path
   * @param path as the user wrote it
   * @param name what messages on its records call it
   */
  public record Source(String location, String path, String name) implements Serializable {}

  /**
   * The records of all files.
   *
   * @return rows of which {@link Candidates} makes prompts
   */
  public static Dataset<Row> read(
      SparkSession spark, DataSets dataSet, PromptStyle style, List<Source> files) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    List<Integer> places = IntStream.range(0, files.size()).boxed().toList();
    return spark.createDataFrame(
        context
            .parallelize(places, places.size())
            .flatMap(place -> new Records(place, files.get(place), dataSet, style, hadoop.value())),
        SourceRow.CODEC.schema());
  }

  /** The rows of an open file. */
  private static final class Records implements Iterator<Row> {
    private final int place;
    private final Source source;
    private final InputStream in;
    private final RecordReader reader;
    private long last;
    private Optional<SourceRow> next;

    Records(
        int place,
        Source source,
        DataSets dataSet,
        PromptStyle style,
        SerializableConfiguration hadoop) {
      this.place = place;
      this.source = source;
      InputStream opened = null;
      RecordReader records = Optional::empty;
      Optional<SourceRow> first = Optional.empty();
      try {
        opened = open(source, hadoop);
        records = dataSet.format().orElseThrow().open(opened, source.name(), style);
      } catch (IOException | InvalidInputException e) {
        first = Optional.of(broken(e));
      }
      this.in = opened;
      this.reader = records;
      this.next = first.isPresent() ? first : read();
      // Whoever wants no more than the first rows never gets to the end.
      TaskCompletionListener end = context -> close();
      TaskContext.get().addTaskCompletionListener(end);
    }

    private static InputStream open(Source source, SerializableConfiguration hadoop)
        throws IOException {
      Path file = new Path(source.location());
      InputStream in = file.getFileSystem(hadoop.value()).open(file);
      try {
        return Decompressed.of(in, file.getName());
      } catch (IOException | RuntimeException e) {
        in.close();
        throw e;
      }
    }

    private void close() {
      try {
        if (in != null) {
          in.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Optional<SourceRow> read() {
      try {
        Optional<ReadRecord> record = reader.next();
        record.ifPresent(one -> last = one.record());
        return record.map(one -> SourceRow.of(place, one));
      } catch (IOException | InvalidInputException e) {
        return Optional.of(broken(e));
      }
    }

    /** The last row of a file that is not as it must be; other failures are tried again. */
    private SourceRow broken(Exception failure) {
      String message = failure.getMessage();
      if (failure instanceof IOException unread) {
        try {
          message =
              FileMistake.of(
                      "Cannot read data set " + source.path() + ": " + unread.getMessage(), unread)
                  .getMessage();
        } catch (IOException retried) {
          throw new UncheckedIOException(retried);
        }
      }
      return SourceRow.broken(place, last + 1, message);
    }

    @Override
    public boolean hasNext() {
      return next.isPresent();
    }

    @Override
    public Row next() {
      SourceRow row = next.orElseThrow(NoSuchElementException::new);
      next = row.broken() == null ? read() : Optional.empty();
      return SourceRow.CODEC.toRow(row);
    }
  }
}
