package dev.kindling.row;

import dev.kindling.io.LocalFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetInputFormat;
import org.apache.parquet.hadoop.ParquetOutputFormat;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * One of the run's tables: plain Parquet (zstd, flat names) that DuckDB, Polars and pandas read.
 *
 * @param <T> the table's record
 */
public final class Table<T extends Record> {
  /** {@code 0-left-out}, in folders of the name that prompts have. */
  public static final Table<LeftOutRow> LEFT_OUT =
      new Table<>("0-left-out", "prepare", LeftOutRow.class);

  /** {@code 1-prompts}. */
  public static final Table<PromptRow> PROMPTS =
      new Table<>("1-prompts", "prepare", PromptRow.class);

  /** {@code 2-rollouts}. */
  public static final Table<RolloutRow> ROLLOUTS =
      new Table<>("2-rollouts", "rollout", RolloutRow.class, PROMPTS);

  /** {@code 3-scores}. */
  public static final Table<ScoreRow> SCORES =
      new Table<>("3-scores", "score", ScoreRow.class, PROMPTS, ROLLOUTS);

  /** {@code 4-weights}. */
  public static final Table<WeightRow> WEIGHTS =
      new Table<>("4-weights", "weigh", WeightRow.class, SCORES);

  /** {@code 4-carried}, in runs that carry estimates across steps. */
  public static final Table<CarriedRow> CARRIED =
      new Table<>("4-carried", "weigh", CarriedRow.class, WEIGHTS);

  /** {@code 5-batches}. */
  public static final Table<BatchRow> BATCHES =
      new Table<>("5-batches", "batch", BatchRow.class, PROMPTS, ROLLOUTS, WEIGHTS);

  /** {@code 6-step}. */
  public static final Table<StepRow> STEP = new Table<>("6-step", "step", StepRow.class, BATCHES);

  /** {@code 8-metrics}. */
  public static final Table<MetricsRow> METRICS =
      new Table<>("8-metrics", "step", MetricsRow.class);

  /** {@code 9-evaluations}. */
  public static final Table<EvaluationRow> EVALUATIONS =
      new Table<>("9-evaluations", "step", EvaluationRow.class);

  /** {@code profile}, of a run whose data set was profiled. */
  public static final Table<ProfileRow> PROFILE =
      new Table<>("profile", "profile", ProfileRow.class);

  // A reader skips whole row groups; at this size one decodes in well under a second.
  private static final long ROW_GROUP_BYTES = 32L << 20;

  private static final int PROMPTS_PER_PAGE = 128;

  private static final String FILES = ".parquet";

  // The footers of more are read by tasks.
  private static final int MOST_FOOTERS = 64;

  /**
   * The first column of every table: without it a reader of several steps would have to take it
   * from the path. The rows that stages pass on do not carry it.
   */
  private static final String STEP_COLUMN = "step";

  private final String name;
  private final String stage;
  private final RowCodec<T> codec;
  private final StructType schema;
  private final List<Table<?>> sources;

  private Table(String name, String stage, Class<T> type, Table<?>... sources) {
    this.name = name;
    this.stage = stage;
    this.codec = new RowCodec<>(type);
    this.schema = described(name, codec.schema());
    this.sources = List.of(sources);
  }

  /** Every table, in the order of the data's way. */
  public static List<Table<?>> all() {
    return List.of(
        LEFT_OUT,
        PROMPTS,
        ROLLOUTS,
        SCORES,
        WEIGHTS,
        CARRIED,
        BATCHES,
        STEP,
        METRICS,
        EVALUATIONS,
        PROFILE);
  }

  /** The tables that every step's folder has. */
  public static List<Table<?>> ofStep() {
    return List.of(PROMPTS, ROLLOUTS, SCORES, WEIGHTS, BATCHES, STEP);
  }

  /** The table's name, which is also its folder's and its schema file's. */
  public String name() {
    return name;
  }

  /** The stage that writes it, by the name of its command. */
  public String stage() {
    return stage;
  }

  /** The tables of the same step that it is made from. */
  public List<Table<?>> sources() {
    return sources;
  }

  /** Whether every round of sampling has one, and not the step alone. */
  public boolean isOfRound() {
    return this == PROMPTS || this == ROLLOUTS || this == SCORES;
  }

  /** Turns records into rows and back. */
  public RowCodec<T> codec() {
    return codec;
  }

  /**
   * The columns of its files: the step, those of the record, and on each its description as Spark,
   * Glue and Iceberg know it.
   */
  public StructType schema() {
    return schema;
  }

  private static StructType described(String name, StructType rows) {
    List<StructField> fields = new ArrayList<>(List.of(rows.fields()));
    if (!List.of(rows.fieldNames()).contains(STEP_COLUMN)) {
      fields.add(0, DataTypes.createStructField(STEP_COLUMN, DataTypes.LongType, false));
    }
    Map<String, String> texts = ColumnTexts.of(name);
    return DataTypes.createStructType(
        fields.stream().map(field -> field.withComment(texts.get(field.name()))).toList());
  }

  /** The table at a path, or the rows of those at several. */
  public Dataset<Row> read(SparkSession spark, String... paths) {
    return read(spark, codec.schema(), paths);
  }

  /** The same with the step of each row. */
  public Dataset<Row> readWithStep(SparkSession spark, String... paths) {
    return read(spark, schema, paths);
  }

  private static Dataset<Row> read(SparkSession spark, StructType columns, String... paths) {
    return spark
        .read()
        // A path is a path, whatever characters it has.
        .option("__globPaths__", false)
        .schema(columns)
        // Every page has a checksum, which costs next to nothing.
        .option(ParquetInputFormat.PAGE_VERIFY_CHECKSUM_ENABLED, true)
        .parquet(paths);
  }

  /** A data set of records held by the driver, for small tables. */
  public Dataset<Row> of(SparkSession spark, List<T> records) {
    List<Row> rows = records.stream().map(codec::toRow).toList();
    return spark.createDataset(rows, Encoders.row(codec.schema()));
  }

  /** The records of a data set with this table's columns, collected to the driver. */
  public List<T> collect(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(codec::fromRow).toList();
  }

  /** The columns in their order; whatever Spark has read from a file may be null to it. */
  private Column[] columns() {
    // Dataset.to would send the elements of every array through an interpreted function.
    return Arrays.stream(codec.schema().fields())
        .map(field -> functions.col(field.name()).cast(withNulls(field.dataType())))
        .toArray(Column[]::new);
  }

  private static DataType withNulls(DataType type) {
    return type instanceof ArrayType array ? DataTypes.createArrayType(array.elementType()) : type;
  }

  /** Options by which real numbers are written as they are. */
  private Map<String, String> plainNumbers() {
    // They hardly repeat: a dictionary is begun for every row group, and given up.
    Map<String, String> options = new HashMap<>();
    for (StructField field : codec.schema().fields()) {
      boolean isArray = field.dataType() instanceof ArrayType;
      DataType type =
          field.dataType() instanceof ArrayType array ? array.elementType() : field.dataType();
      if (type == DataTypes.DoubleType || type == DataTypes.FloatType) {
        String path = field.name() + (isArray ? ".list.element" : "");
        options.put(ParquetOutputFormat.ENABLE_DICTIONARY + "#" + path, "false");
      }
    }
    return options;
  }

  /**
   * Options by which executors of a cluster write no hidden checksums beside local files either.
   */
  private static Map<String, String> withoutChecksums(SparkSession spark, String path) {
    String local = spark.sparkContext().hadoopConfiguration().get(LocalFiles.SETTING, "");
    // Their class path has ours too late; what this names is used by nothing but this write.
    return path.startsWith("file:") && !local.equals(LocalFiles.class.getName())
        ? Map.of(
            LocalFiles.SETTING,
            RawLocalFileSystem.class.getName(),
            LocalFiles.SETTING + ".disable.cache",
            "true")
        : Map.of();
  }

  /**
   * Writes the table, replacing what an interrupted try left.
   *
   * @param step the step whose table it is; 0 for what a run starts from
   * @param rows has this table's columns in any order
   * @return number of rows written
   */
  public long write(long step, Dataset<Row> rows, String path) throws IOException {
    withStep(step, rows)
        .write()
        .mode(SaveMode.Overwrite)
        .options(options(rows.sparkSession(), path))
        .parquet(path);
    return count(rows.sparkSession(), new Path(path));
  }

  /** The same of records that the driver holds: no task has a part in it. */
  public long write(SparkSession spark, long step, List<T> records, String path)
      throws IOException {
    InternalRow[] rows = internal(records);
    write(spark, step, rows, path);
    return rows.length;
  }

  /** Records in Spark's own format. */
  public InternalRow[] internal(List<T> records) {
    List<Row> rows = records.stream().map(codec::toRow).toList();
    return RecordFile.internal(codec.schema(), rows);
  }

  /** Writes rows that the driver holds. */
  public void write(SparkSession spark, long step, InternalRow[] rows, String path)
      throws IOException {
    InternalRow[] written = rows;
    if (!hasOwnStep()) {
      InternalRow first = new GenericInternalRow(new Object[] {step});
      written =
          Arrays.stream(rows).map(row -> new JoinedRow(first, row)).toArray(InternalRow[]::new);
    }
    RecordFile.write(spark, schema, written, options(spark, path), new Path(path));
  }

  private boolean hasOwnStep() {
    return schema.size() == codec.schema().size();
  }

  private Dataset<Row> withStep(long step, Dataset<Row> rows) {
    Dataset<Row> columns = ordered(rows);
    return columns.select(
        Arrays.stream(schema.fields())
            .map(
                field ->
                    (field.name().equals(STEP_COLUMN) && !hasOwnStep()
                            ? functions.lit(step)
                            : columns.col(field.name()))
                        .as(field.name(), field.metadata()))
            .toArray(Column[]::new));
  }

  /**
   * Computes rows that are few enough for the driver to hold.
   *
   * @param rows has this table's columns in any order
   */
  public InternalRow[] hold(Dataset<Row> rows) {
    return HeldQuery.collect(rows.sparkSession(), ordered(rows).queryExecution().executedPlan());
  }

  /** A data set of rows that the driver holds. */
  public Dataset<Row> held(SparkSession spark, InternalRow[] rows) {
    return HeldRows.of(spark, rows).dataset(spark, codec.schema());
  }

  /** Rows with this table's columns in their order. */
  public Dataset<Row> ordered(Dataset<Row> rows) {
    return rows.select(columns());
  }

  private Map<String, String> options(SparkSession spark, String path) {
    Map<String, String> options = new HashMap<>(plainNumbers());
    options.putAll(withoutChecksums(spark, path));
    // Who reads a folder takes every file in it for a part of the table.
    options.put("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false");
    options.put("compression", "zstd");
    options.put(ParquetOutputFormat.BLOCK_SIZE, String.valueOf(ROW_GROUP_BYTES));
    if (this == PROMPTS) {
      // A step draws a few of them, and a reader takes the pages of one column that may hold them.
      options.put(ParquetOutputFormat.PAGE_ROW_COUNT_LIMIT, String.valueOf(PROMPTS_PER_PAGE));
    }
    // Counted for every element of an array, a seventh of the time; nobody reads them.
    options.put(ParquetOutputFormat.SIZE_STATISTICS_ENABLED, "false");
    return options;
  }

  /**
   * Rows of the files that a write has committed, by their footers: what tasks counted would also
   * have the rows of those that were run twice, and Spark's own way of observing a write is not
   * known to plugins that plan it.
   */
  private static long count(SparkSession spark, Path folder) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<FileStatus> files =
        Arrays.stream(folder.getFileSystem(hadoop).listStatus(folder))
            .filter(file -> file.getPath().getName().endsWith(FILES))
            .toList();
    if (files.size() > MOST_FOOTERS) {
      return spark.read().option("__globPaths__", false).parquet(folder.toString()).count();
    }
    long rows = 0;
    // Options that are not made of a configuration read Hadoop's default files anew, for each file.
    ParquetReadOptions options = HadoopReadOptions.builder(hadoop).build();
    for (FileStatus file : files) {
      try (ParquetFileReader reader =
          ParquetFileReader.open(HadoopInputFile.fromStatus(file, hadoop), options)) {
        rows += reader.getRecordCount();
      }
    }
    return rows;
  }
}
