package dev.kindling.stage.read;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.check.Sha256;
import dev.kindling.dataset.Message;
import dev.kindling.dataset.Turns;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.SparkThrowable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** Whatever Spark reads — files, a table of a catalog, a query → {@link SourceRow}s. */
public final class TableSource {
  /** Before the name of a table of the session's catalogs, in place of a path. */
  public static final String TABLE = "table:";

  /** Before a query in SQL. */
  public static final String QUERY = "query:";

  // Of the partition in which Spark reads a record; the rest counts within it.
  private static final int PARTITION_BITS = 40;

  private static final int ID_DIGITS = 16;
  private static final String VERIFIER = "answer_match";
  private static final Map<String, String> FORMATS =
      Map.of(
          "parquet", "parquet", "json", "json", "jsonl", "json", "csv", "csv", "orc", "orc", "avro",
          "avro");

  private final String name;
  private final Map<String, String> parts;
  private final Dataset<Row> columns;

  private TableSource(String name, Map<String, String> parts, Dataset<Row> columns) {
    this.name = name;
    this.parts = parts;
    this.columns = columns;
  }

  /**
   * How sources are read.
   *
   * @param format as {@code spark.read.format} takes it; empty takes that of a path's extension
   * @param options of that reader
   * @param columns expression of each part of an example, by its name
   * @param where condition on the source's rows
   */
  public record Reading(
      Optional<String> format,
      Map<String, String> options,
      Map<String, String> columns,
      Optional<String> where) {}

  /**
   * Finds a source; no row of it is read, but where the format has no schema.
   *
   * @param entry a path, folder or glob; a table behind {@link #TABLE}; a query behind {@link
   *     #QUERY}
   * @throws InvalidInputException with Spark's words, if it cannot be found or an expression cannot
   *     be used
   */
  public static TableSource of(SparkSession spark, String entry, Reading reading) {
    try {
      Dataset<Row> source = relation(spark, entry, reading);
      if (reading.where().isPresent()) {
        source = source.where(reading.where().get());
      }
      Map<String, String> parts = new Layout(source.schema()).parts(reading.columns(), entry);
      Dataset<Row> columns =
          source.selectExpr(
              parts.entrySet().stream()
                  .map(part -> "(" + part.getValue() + ") AS " + part.getKey())
                  .toArray(String[]::new));
      return new TableSource(entry, parts, plain(entry, columns));
    } catch (InvalidInputException refused) {
      throw refused;
    } catch (Exception e) {
      // Some of Spark's are checked, and no method of its Java interface says so.
      if (e instanceof SparkThrowable) {
        throw new InvalidInputException(
            "Cannot read data set %s: %s"
                .formatted(entry, e.getMessage().strip().lines().findFirst().orElse("")),
            e);
      }
      throw e;
    }
  }

  private static Dataset<Row> relation(SparkSession spark, String entry, Reading reading) {
    if (entry.startsWith(TABLE)) {
      return spark.table(entry.substring(TABLE.length()).strip());
    }
    if (entry.startsWith(QUERY)) {
      return spark.sql(entry.substring(QUERY.length()));
    }
    DataFrameReader reader = spark.read().format(reading.format().orElse(byExtension(entry)));
    return reader.options(reading.options()).load(entry);
  }

  private static String byExtension(String path) {
    String bare = path.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|bz2|zst)$", "");
    return FORMATS.getOrDefault(bare.substring(bare.lastIndexOf('.') + 1), "parquet");
  }

  /** The parts as texts, lists of texts and conversations. */
  private static Dataset<Row> plain(String name, Dataset<Row> columns) {
    List<String> plain = new ArrayList<>();
    for (String part : columns.columns()) {
      DataType type = columns.schema().apply(part).dataType();
      boolean isList = type instanceof ArrayType;
      String text = "CAST(" + part + " AS STRING) AS " + part;
      String expression =
          switch (part) {
            case "messages" ->
                "transform(messages, m -> struct(m.role AS role, m.content AS content)) AS messages";
            case "answers" -> "CAST(answers AS ARRAY<STRING>) AS answers";
            case "context" ->
                type instanceof StructType || type instanceof MapType
                    ? "to_json(context) AS context"
                    : text;
            default -> text;
          };
      boolean fits =
          switch (part) {
            case "messages" -> Layout.isConversation(type);
            case "answers" -> isList;
            case "prompt", "rationale", "verifier" -> type instanceof StringType;
            case "context" ->
                type instanceof StructType || type instanceof MapType || type instanceof StringType;
            default -> !isList && !(type instanceof StructType) && !(type instanceof MapType);
          };
      if (!fits) {
        throw new InvalidInputException(
            "Invalid data.columns.%s: %s is %s in data set %s (must be %s)"
                .formatted(part, part, type.sql(), name, wanted(part)));
      }
      plain.add(expression);
    }
    return columns.selectExpr(plain.toArray(new String[0]));
  }

  private static String wanted(String part) {
    return switch (part) {
      case "messages" -> "ARRAY<STRUCT<role: STRING, content: STRING>>";
      case "answers" -> "ARRAY<STRING>";
      case "prompt", "rationale", "verifier" -> "STRING";
      case "context" -> "a struct, a map, or JSON as STRING";
      default -> "STRING or a number";
    };
  }

  /** Whether an entry of a data set's path names a table or a query, and no files. */
  public static boolean isRelation(String entry) {
    return entry.startsWith(TABLE) || entry.startsWith(QUERY);
  }

  /** What was taken for what, as a sentence. */
  public String sentence() {
    return "Reads %s: %s"
        .formatted(
            name,
            parts.entrySet().stream()
                .map(part -> part.getKey() + " = " + part.getValue())
                .collect(Collectors.joining(", ")));
  }

  /**
   * A digest of all rows that are read, whatever their order: two sources of one digest give the
   * same examples.
   */
  public String digest() {
    String hash = "sha2(to_json(struct(" + String.join(", ", columns.columns()) + ")), 256)";
    Row sums =
        columns
            .selectExpr(hash + " AS hash")
            .selectExpr(
                "count(1)",
                "CAST(sum(CAST(conv(substr(hash, 1, 15), 16, 10) AS DECIMAL(38, 0))) AS STRING)",
                "CAST(sum(CAST(conv(substr(hash, 16, 15), 16, 10) AS DECIMAL(38, 0))) AS STRING)")
            .head();
    return Sha256.of(sums.getLong(0) + " " + sums.getString(1) + " " + sums.getString(2));
  }

  /** The columns that are read, of which Spark knows how many bytes they have. */
  public Dataset<Row> columns() {
    return columns;
  }

  /**
   * The records.
   *
   * @param place of the source among those of the data set
   * @return rows of which {@link Candidates} makes prompts
   */
  public Dataset<Row> rows(SparkSession spark, int place) {
    JavaRDD<Row> rows =
        columns
            .toJavaRDD()
            .mapPartitionsWithIndex(
                (partition, some) -> new Taken(some, place, (long) partition << PARTITION_BITS),
                true);
    return spark.createDataFrame(rows, SourceRow.CODEC.schema());
  }

  /** The rows of a partition. */
  private static final class Taken implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final int place;
    private long number;

    Taken(Iterator<Row> rows, int place, long first) {
      this.rows = rows;
      this.place = place;
      this.number = first;
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Row next() {
      Row row = rows.next();
      String id = text(row, "id");
      SourceRow taken;
      try {
        taken = example(row, place, number, id);
      } catch (InvalidInputException refused) {
        taken = SourceRow.unusable(place, number, id, refused.getMessage());
      }
      number++;
      return SourceRow.CODEC.toRow(taken);
    }
  }

  private static SourceRow example(Row row, int place, long number, String id) {
    List<String> answers = has(row, "answers") ? texts(row) : List.of(text(row, "answer"));
    Turns turns =
        has(row, "messages")
            ? Turns.of("messages", messages(row))
            : new Turns(List.of(), text(row, "prompt"));
    String context = text(row, "context");
    new Check()
        .that(!turns.prompt().isBlank(), "prompt", turns.prompt(), "must be a text, not blank")
        .that(
            !answers.isEmpty() && answers.stream().noneMatch(String::isBlank),
            "answer",
            String.join(", ", answers),
            "must be a text, not blank")
        .done();
    return new SourceRow(
        place,
        number,
        id.isEmpty() ? ofContent(turns, answers) : id,
        turns.history().stream().map(Message::role).toList(),
        turns.history().stream().map(Message::content).toList(),
        turns.prompt(),
        text(row, "rationale"),
        answers,
        text(row, "verifier").isEmpty() ? VERIFIER : text(row, "verifier"),
        context.isEmpty() ? "{}" : context,
        text(row, "level"),
        null,
        null);
  }

  /** The id of a record that has none: its examples' own, wherever it stands. */
  private static String ofContent(Turns turns, List<String> answers) {
    return Sha256.of(turns + " " + answers).substring(0, ID_DIGITS);
  }

  private static boolean has(Row row, String part) {
    return List.of(row.schema().fieldNames()).contains(part);
  }

  /** A text; empty where the column is absent or null. */
  private static String text(Row row, String part) {
    String value = has(row, part) ? row.getAs(part) : null;
    return value == null ? "" : value;
  }

  private static List<String> texts(Row row) {
    int column = row.fieldIndex("answers");
    return row.isNullAt(column)
        ? List.of()
        : row.<String>getList(column).stream().map(text -> text == null ? "" : text).toList();
  }

  private static List<Message> messages(Row row) {
    int column = row.fieldIndex("messages");
    return row.isNullAt(column)
        ? List.of()
        : row.<Row>getList(column).stream()
            .map(turn -> turn == null ? new Message("", "") : new Message(or(turn, 0), or(turn, 1)))
            .toList();
  }

  private static String or(Row turn, int part) {
    return turn.isNullAt(part) ? "" : turn.getString(part);
  }
}
