package dev.kindling.stage.step;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import dev.kindling.objective.Regulariser;
import dev.kindling.objective.SqlColumn;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What batch-wide regularisers make of an update's tokens: thresholds, means and selections over
 * all of them, exact and with ties broken by the token's key, so that neither shards nor
 * micro-batches show.
 */
final class TokenMarks {
  private TokenMarks() {}

  /**
   * One row for each token, with the columns that {@link Regulariser#columns} may use.
   *
   * @param signals rows of {@link dev.kindling.row.TokenSignalsRow}
   * @param seed the run's seed, for draws
   * @param step the step's number, for draws
   */
  static Dataset<Row> tokens(Dataset<Row> signals, long seed, long step) {
    return signals
        .selectExpr(
            "update",
            "example_id",
            "sample",
            "sampled_tokens",
            """
            posexplode(arrays_zip(tokens, advantages, logprobs, sampler_logprobs,
              reference_logprobs, entropies, clipped)) AS (place, it)""")
        .selectExpr(
            "update",
            "example_id",
            "sample",
            "it.tokens AS token",
            "place < sampled_tokens AS is_sampled",
            "it.advantages AS advantage",
            "it.logprobs AS logprob",
            "it.sampler_logprobs AS sampler_logprob",
            "nanvl(it.reference_logprobs, NULL) AS reference_logprob",
            "it.entropies AS entropy",
            "it.clipped = 1 AS is_clipped")
        .withColumn("seed", lit(seed))
        .withColumn("step", lit(step))
        .withColumn(
            "draw", expr(SqlColumn.uniform("seed, step, update, example_id, sample, token")));
  }

  /**
   * The marks of each sequence.
   *
   * @param tokens as {@link #tokens} gives them
   * @param regularisers batch-wide ones, in order
   * @return a row for each sequence: update, example_id, sample and {@code marks}, an array of
   *     arrays, which run over the regularisers and over the sequence's trained tokens
   */
  static Dataset<Row> marks(Dataset<Row> tokens, List<Regulariser> regularisers) {
    Dataset<Row> marked = tokens;
    for (int i = 0; i < regularisers.size(); i++) {
      marked = with(marked, regularisers.get(i).columns());
      marked = marked.withColumnRenamed("mark", name(i));
    }
    String names =
        String.join(
            ", ", IntStream.range(0, regularisers.size()).mapToObj(TokenMarks::name).toList());
    String arrays =
        String.join(
            ", ",
            IntStream.range(0, regularisers.size()).mapToObj(i -> "ordered." + name(i)).toList());
    return marked
        .groupBy(col("update"), col("example_id"), col("sample"))
        .agg(expr("sort_array(collect_list(struct(token, " + names + ")))").as("ordered"))
        .selectExpr("update", "example_id", "sample", "array(" + arrays + ") AS marks");
  }

  private static Dataset<Row> with(Dataset<Row> rows, List<SqlColumn> columns) {
    Dataset<Row> result = rows;
    for (SqlColumn column : columns) {
      result = result.withColumn(column.name(), expr(column.expression()));
    }
    return result;
  }

  private static String name(int regulariser) {
    return "mark_" + regulariser;
  }
}
