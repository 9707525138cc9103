package dev.kindling.stage.read;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import dev.kindling.row.LeftOutRow;
import dev.kindling.row.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * {@link CandidateRow}s → the run's prompts and what is left out, in an order that no cluster
 * changes: that of the files, and by id where Spark reads tables.
 *
 * <p>Of examples with one prompt and the same gold answers the first is used, for the others would
 * count twice in the mean over the data set. Of those that stay, an id may be had by one.
 */
public final class PromptImport implements AutoCloseable {
  /** Prompts of a file of the table, in the order of their positions. */
  private static final int PROMPTS_PER_FILE = 1 << 16;

  /** What Spark reads is in no order. */
  private static final long NO_PLACE = -1;

  private static final StructType PLACES =
      new StructType()
          .add("file", DataTypes.IntegerType)
          .add("record", DataTypes.LongType)
          .add("position", DataTypes.LongType);

  private final SparkSession spark;
  private final String dataSet;
  private final boolean isOneTask;
  private final boolean areFiles;
  private final List<String> order;
  // By which what is left out is listed, within a source.
  private final List<String> listed;
  private final JavaRDD<Row> kept;
  private final Dataset<Row> candidates;
  private final Dataset<Row> judged;

  /**
   * Judges candidates.
   *
   * @param candidates rows of {@link Candidates}
   * @param dataSet the format's name, for the column of that name
   * @param areFiles whether the order is that of files; by id otherwise
   * @param isOneTask whether they are so few that one task has them
   */
  public PromptImport(
      SparkSession spark,
      JavaRDD<Row> candidates,
      String dataSet,
      boolean areFiles,
      boolean isOneTask) {
    this.spark = spark;
    this.dataSet = dataSet;
    this.isOneTask = isOneTask;
    this.areFiles = areFiles;
    this.order =
        areFiles ? List.of("file", "record") : List.of("file", "example_id", "whole", "record");
    this.listed = areFiles ? List.of("record") : List.of("id", "reason", "record");
    // Row by row: a data set's own way holds ten thousand rows of thousands of numbers at once.
    this.kept =
        candidates.persist(isOneTask ? StorageLevel.MEMORY_AND_DISK() : StorageLevel.DISK_ONLY());
    this.candidates = spark.createDataFrame(kept, CandidateRow.CODEC.schema());
    this.judged =
        judged(String.join(", ", order), areFiles ? "file" : "data set")
            .persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** Of each candidate whether it is used, and why not. */
  private Dataset<Row> judged(String by, String where) {
    return candidates
        .select(
            "file",
            "record",
            "id",
            "example_id",
            "whole",
            "content",
            "problem",
            "broken",
            "blind_gold",
            "verifier",
            "shown_id",
            "shown_example_id")
        .selectExpr(
            "*",
            "problem IS NULL AND broken IS NULL AS is_candidate",
            "first_value(struct(file, record, shown_example_id)) OVER (PARTITION BY content ORDER BY "
                + by
                + ") AS first")
        .selectExpr(
            "*", "is_candidate AND (first.file <> file OR first.record <> record) AS is_duplicate")
        .selectExpr(
            "*",
            "row_number() OVER (PARTITION BY CASE WHEN is_candidate AND NOT is_duplicate"
                + " THEN example_id ELSE concat('/', content, whole, record) END ORDER BY "
                + by
                + ") AS holder")
        .selectExpr(
            "*",
            "CASE WHEN is_duplicate THEN concat('has the prompt and the gold answers of id ''',"
                + " first.shown_example_id, '''')"
                + " WHEN is_candidate AND holder > 1 THEN concat('Invalid id: ', shown_id, ' (must be unique in the "
                + where
                + ")') ELSE problem END AS reason")
        .drop("first", "problem", "content", "shown_id", "shown_example_id");
  }

  /**
   * What a source gave.
   *
   * @param used examples that are used
   * @param unusable records that cannot be
   * @param duplicates records that repeat an example
   * @param first the first that cannot be used; null when there is none
   * @param broken why the source cannot be read; null when it can
   */
  public record Counts(long used, long unusable, long duplicates, LeftOutRow first, String broken) {
    /** Number of all records. */
    public long records() {
      return used + unusable + duplicates;
    }

    /** Share of the records that cannot be used, in [0, 1]; duplicates can. */
    public double unusableShare() {
      return records() == 0 ? 0 : (double) unusable / records();
    }
  }

  /**
   * Gold answers of which the verifiers delete signs, points or operators.
   *
   * @param examples how many examples have one
   * @param gold the first of them; null when there is none
   * @param verifier its verifier
   * @param id its example's
   */
  public record Blind(long examples, String gold, String verifier, String id) {}

  /**
   * What each source gave.
   *
   * @param names of the sources by their places
   */
  public List<Counts> counts(List<String> names) {
    Counts[] counts = new Counts[names.size()];
    Arrays.fill(counts, new Counts(0, 0, 0, null, null));
    String first = "struct(" + String.join(", ", listed) + ", id AS shown, reason AS why)";
    for (Row row :
        judged
            .groupBy("file")
            .agg(
                expr("count_if(reason IS NULL AND broken IS NULL)"),
                expr("count_if(reason IS NOT NULL AND NOT is_duplicate)"),
                expr("count_if(is_duplicate)"),
                expr(
                    "min(CASE WHEN reason IS NOT NULL AND NOT is_duplicate THEN "
                        + first
                        + " END)"),
                expr("min(CASE WHEN broken IS NOT NULL THEN struct(record, broken) END)"))
            .collectAsList()) {
      int file = row.getInt(0);
      Row left = row.getStruct(4);
      Row broken = row.getStruct(5);
      counts[file] =
          new Counts(
              row.getLong(1),
              row.getLong(2),
              row.getLong(3),
              left == null ? null : leftOut(names.get(file), left),
              broken == null ? null : broken.getString(1));
    }
    return List.of(counts);
  }

  private LeftOutRow leftOut(String source, Row row) {
    long record = areFiles ? row.<Long>getAs("record") : NO_PLACE;
    return new LeftOutRow(source, record, row.getAs("shown"), row.getAs("why"), false);
  }

  /** Which examples their verifiers cannot tell from others. */
  public Blind blind() {
    String by =
        "struct(" + String.join(", ", order) + ", blind_gold, verifier, example_id AS shown)";
    Row row =
        judged
            .where("reason IS NULL AND blind_gold IS NOT NULL")
            .agg(expr("count(1)"), expr("min(" + by + ")"))
            .head();
    Row first = row.getStruct(1);
    return first == null
        ? new Blind(0, null, null, null)
        : new Blind(
            row.getLong(0),
            first.getAs("blind_gold"),
            first.getAs("verifier"),
            first.getAs("shown"));
  }

  /**
   * What is left out, rows of {@code prompts-left-out}: of each source first what cannot be used.
   *
   * @param names of the sources by their places
   */
  public Dataset<Row> leftOut(List<String> names) {
    String array =
        "element_at(array("
            + String.join(", ", names.stream().map(name -> "'" + escaped(name) + "'").toList())
            + "), file + 1)";
    List<String> by = new ArrayList<>(List.of("file", "is_duplicate"));
    by.addAll(listed);
    return judged
        .where("reason IS NOT NULL")
        .sort(columns(by))
        .selectExpr(
            array + " AS source",
            areFiles ? "record" : NO_PLACE + "L AS record",
            "id",
            "reason",
            "is_duplicate");
  }

  private static Column[] columns(List<String> names) {
    return names.stream().map(name -> col(name)).toArray(Column[]::new);
  }

  private static String escaped(String name) {
    return name.replace("\\", "\\\\").replace("'", "\\'");
  }

  /**
   * The prompts that are used, at their positions.
   *
   * @param count number of them
   * @param chosen the places, ascending, of those that are taken; null takes all
   * @return rows of the table of all prompts, by position in each partition
   */
  public Dataset<Row> prompts(long count, int[] chosen) {
    Broadcast<int[]> places =
        chosen == null
            ? null
            : spark
                .sparkContext()
                .broadcast(chosen, scala.reflect.ClassTag$.MODULE$.apply(int[].class));
    JavaRDD<Row> positions =
        judged
            .where("reason IS NULL AND broken IS NULL")
            .sort(columns(order))
            .select("file", "record")
            .toJavaRDD()
            .zipWithIndex()
            .map(
                pair -> {
                  long place =
                      places == null
                          ? pair._2()
                          : Arrays.binarySearch(places.value(), Math.toIntExact(pair._2()));
                  return RowFactory.create(pair._1().getInt(0), pair._1().getLong(1), place);
                });
    Dataset<Row> placed = spark.createDataFrame(positions, PLACES).where("position >= 0");
    Dataset<Row> prompts =
        candidates
            .join(placed, new String[] {"file", "record"}, "inner")
            .withColumn("dataset", lit(dataSet))
            .select(
                Arrays.stream(Table.PROMPTS.codec().schema().fieldNames())
                    .map(name -> col(name))
                    .toArray(Column[]::new));
    int files = Math.toIntExact((count + PROMPTS_PER_FILE - 1) / PROMPTS_PER_FILE);
    // By their number alone: the same files on every cluster.
    Dataset<Row> spread =
        isOneTask
            ? prompts.coalesce(1)
            : prompts.repartition(Math.max(1, files), expr("position div " + PROMPTS_PER_FILE));
    return spread.sortWithinPartitions("position");
  }

  @Override
  public void close() {
    judged.unpersist();
    kept.unpersist();
  }
}
