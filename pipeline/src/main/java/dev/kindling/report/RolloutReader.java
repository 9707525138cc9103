package dev.kindling.report;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.md5;
import static org.apache.spark.sql.functions.row_number;

import dev.kindling.io.RunFolder;
import dev.kindling.row.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;

/**
 * Reads a few rollouts of a few steps, however many a run has: those whose hash of example and
 * sample is the smallest of their verdict, so that a rare verdict is there, too, an example that
 * comes again is likely to be there again, and every report of a run shows the same.
 */
final class RolloutReader {
  /** Rollouts of a step and a verdict. */
  static final int PER_VERDICT = 3;

  private static final int MOST_STRIDES = 16;
  private static final List<Table<?>> TABLES =
      List.of(Table.PROMPTS, Table.ROLLOUTS, Table.SCORES, Table.BATCHES);
  private static final List<String> EXAMPLE = List.of("step", "example_id");
  private static final List<String> SAMPLE = List.of("step", "example_id", "sample");

  private final SparkSession spark;
  private final RunFolder run;
  private final Pieces pieces;
  private final TreeMap<Long, List<SampledRollout>> known = new TreeMap<>();

  RolloutReader(SparkSession spark, RunFolder run, Pieces pieces) {
    this.spark = spark;
    this.run = run;
    this.pieces = pieces;
  }

  /**
   * The steps whose rollouts are shown of a run that has come to a step: the first, the last, and
   * at most 16 between them, which stay the same until the run is twice as long.
   */
  static SortedSet<Long> steps(long last) {
    long stride = 1;
    while (last / stride > MOST_STRIDES) {
      stride *= 2;
    }
    SortedSet<Long> steps = new TreeSet<>();
    for (long step = stride; step <= last; step += stride) {
      steps.add(step);
    }
    if (last > 0) {
      steps.add(1L);
      steps.add(last);
    }
    return steps;
  }

  /** Rollouts up to a step, of which only those are read that an earlier call did not. */
  List<SampledRollout> upTo(long last) throws IOException {
    SortedSet<Long> wanted = steps(last);
    known.keySet().retainAll(wanted);
    List<Long> missing = new ArrayList<>();
    for (long step : wanted) {
      if (!known.containsKey(step) && isWhole(step)) {
        missing.add(step);
      }
    }
    if (!missing.isEmpty()) {
      read(missing);
    }
    return known.values().stream().flatMap(List::stream).toList();
  }

  private void read(List<Long> steps) throws IOException {
    steps.forEach(step -> known.put(step, new ArrayList<>()));
    List<Row> scores = chosen(steps);
    if (scores.isEmpty()) {
      return;
    }
    Map<String, Row> rollouts = rows(steps, scores, Table.ROLLOUTS, SAMPLE);
    Map<String, Row> batches = rows(steps, scores, Table.BATCHES, SAMPLE);
    Map<String, Row> prompts = rows(steps, scores, Table.PROMPTS, EXAMPLE);
    for (Row score : scores) {
      String sample = key(score, SAMPLE);
      known
          .get(score.<Long>getAs("step"))
          .add(
              sampled(
                  score,
                  rollouts.get(sample),
                  prompts.get(key(score, EXAMPLE)),
                  // Of a sequence that is not trained on there is no row.
                  Optional.ofNullable(batches.get(sample))));
    }
  }

  private List<Row> chosen(List<Long> steps) throws IOException {
    Column hash = md5(concat_ws("/", col("example_id"), col("sample")).cast("binary"));
    return read(steps, Table.SCORES)
        .select("step", "example_id", "sample", "verdict", "reason", "log_w", "answer")
        .withColumn("place", row_number().over(Window.partitionBy("step", "verdict").orderBy(hash)))
        .where(col("place").leq(PER_VERDICT))
        .orderBy("step", "example_id", "sample")
        .collectAsList();
  }

  /** The rows of a table that belong to chosen scores, by their keys. */
  private Map<String, Row> rows(
      List<Long> steps, List<Row> chosen, Table<?> table, List<String> columns) throws IOException {
    Object[] examples = chosen.stream().map(row -> row.getAs("example_id")).distinct().toArray();
    Object[] keys = chosen.stream().map(row -> key(row, columns)).distinct().toArray();
    Column key = concat_ws("/", columns.stream().map(functions::col).toArray(Column[]::new));
    Map<String, Row> rows = new HashMap<>();
    read(steps, table)
        // By this condition a reader of Parquet files skips pages.
        .where(col("example_id").isin(examples).and(key.isin(keys)))
        .collectAsList()
        .forEach(row -> rows.put(key(row, columns), row));
    return rows;
  }

  private static String key(Row row, List<String> columns) {
    return columns.stream().map(column -> row.getAs(column).toString()).collect(joining("/"));
  }

  /** Whether a step has all the tables that are read, as they were written. */
  private boolean isWhole(long step) throws IOException {
    for (Table<?> table : TABLES) {
      for (Path path : paths(step, table)) {
        if (!RunReader.isWhole(run, path)) {
          return false;
        }
      }
    }
    return true;
  }

  private List<Path> paths(long step, Table<?> table) throws IOException {
    return table.isOfRound()
        ? run.tables(step, table.name())
        : List.of(run.table(step, table.name()));
  }

  /** A table of several steps in one, with the step of each row. */
  private Dataset<Row> read(List<Long> steps, Table<?> table) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (long step : steps) {
      paths.addAll(paths(step, table));
    }
    return table.readWithStep(spark, paths.stream().map(Path::toString).toArray(String[]::new));
  }

  private SampledRollout sampled(Row score, Row rollout, Row prompt, Optional<Row> batch) {
    int[] rationale = ids(rollout, "rationale_ids");
    int[] answer = ids(rollout, "answer_ids");
    List<String> gold = prompt.getList(prompt.fieldIndex("gold_answers"));
    double[] coefs = batch.map(RolloutReader::coefs).orElse(new double[0]);
    int sampled = batch.map(RolloutReader::sampledTokens).orElse(0);
    String reason = score.getAs("reason");
    return new SampledRollout(
        score.<Long>getAs("step"),
        score.getAs("example_id"),
        score.<Integer>getAs("sample"),
        prompt.getAs("prompt"),
        new Passage(
            rollout.getAs("rationale"),
            pieces.each(rationale),
            numbers(rollout, "rationale_logprobs"),
            part(coefs, 0, Math.min(sampled, rationale.length))),
        new Passage(
            score.getAs("answer"),
            pieces.each(answer),
            numbers(rollout, "answer_logprobs"),
            part(coefs, rationale.length, sampled)),
        new Passage(
            String.join(" | ", gold),
            pieces.each(ids(prompt, "gold_ids")),
            numbers(rollout, "gold_logprobs"),
            part(coefs, sampled, coefs.length)),
        score.getAs("verdict"),
        reason == null ? "" : reason,
        score.<Double>getAs("log_w"));
  }

  /** The coefficients behind the prompt. */
  private static double[] coefs(Row batch) {
    double[] all = numbers(batch, "coefs");
    return Arrays.copyOfRange(all, batch.<Integer>getAs("prompt_length"), all.length);
  }

  private static int sampledTokens(Row batch) {
    return batch.<Integer>getAs("sampled_end") - batch.<Integer>getAs("prompt_length");
  }

  private static double[] part(double[] all, int from, int to) {
    return from >= to ? new double[0] : Arrays.copyOfRange(all, from, to);
  }

  private static int[] ids(Row row, String column) {
    List<Integer> ids = row.getList(row.fieldIndex(column));
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private static double[] numbers(Row row, String column) {
    List<? extends Number> numbers = row.getList(row.fieldIndex(column));
    return numbers.stream().mapToDouble(Number::doubleValue).toArray();
  }
}
