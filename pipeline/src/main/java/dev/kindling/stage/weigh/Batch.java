package dev.kindling.stage.weigh;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import dev.kindling.objective.DynamicSampling;
import dev.kindling.objective.Objective;
import dev.kindling.row.SmallTables;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * 1-prompts, 2-rollouts and 4-weights to 5-batches: training sequences with a coefficient on every
 * token, divided into updates, shards and micro-batches.
 *
 * <p>The division depends on the rows and the settings alone. Examples are dealt to updates in
 * prompt order, in runs of equal size. The sequences of an example go together, so that its prompt
 * is computed once: longest first they fill packs of prompt and completions up to the budget of a
 * micro-batch. The packs of an update, largest first, are dealt to shards in serpentine order (0,
 * 1, 1, 0, 0, …), which keeps the shards' computed tokens nearly equal, and fill each shard's
 * micro-batches in that order. What exceeds the budget alone is a micro-batch of its own.
 *
 * <p>Counting and dividing are done on rows without token arrays, so that they move little.
 */
public final class Batch {
  // Inner joins would lose the rows of a missing prompt or rollout instead of refusing them.
  private static final String[] EXAMPLE_KEY = {"example_id"};
  private static final String[] SAMPLE_KEY = {"example_id", "sample"};

  private static final String TURN =
      "row_number() OVER (PARTITION BY update ORDER BY tokens DESC, example_id, rows[0].sample) - 1";

  /** What a placed sequence carries to the join with its tokens. */
  private static final String PLACED =
      """
      rationale_length + answer_tokens AS completion, sample, example_id, answer_source,
      prompt_length, rationale_tokens, forced_tokens, answer_tokens, token_scale,
      rationale_coef * token_scale AS rationale_token_coef,
      answer_coef * token_scale AS answer_token_coef""";

  /** The entries of a queue, pack by pack. */
  private static final String PACKED =
      "transform(packs, pack -> struct("
          + "slice(queue, pack.start + 1, pack.length) AS entries, pack.tokens AS tokens))";

  /** What was collected, by turn; structs with arrays in them are not sorted everywhere. */
  private static final String BY_TURN =
      "transform(sort_array(transform(collected, (one, i) -> struct(one.turn AS turn, i AS i))),"
          + " at -> get(collected, at.i))";

  /**
   * Runs of equal size, the first of them longer by one where the examples do not go up in them:
   * what {@code ntile} gives, in functions that every planner knows.
   */
  private static final String UPDATE =
      """
      CAST(CASE
        WHEN turn < examples %% %1$d * (examples div %1$d + 1) THEN turn div (examples div %1$d + 1)
        ELSE (turn - examples %% %1$d) div greatest(examples div %1$d, 1)
      END AS INT) AS update""";

  private Batch() {}

  /**
   * The training sequences of one step; each (update, shard) lies in one partition, ordered by
   * micro-batch and row.
   *
   * <p>A token's coefficient is its sample's times the token's share in the update's loss ({@link
   * dev.kindling.objective.Aggregation}), in double precision: log w may be −200. The
   * end-of-thinking token that closed a rationale by force was not chosen by the policy: its
   * coefficient is 0 and it does not count as a trained token. A sequence whose coefficients are
   * all 0 is left out unless a regulariser counts every token, and so is an example that dynamic
   * sampling drops.
   *
   * <p>The job fails, naming example and sample, where a weighted sample has no rollout or no
   * prompt, where token ids and log-probs differ in number, and where a sequence is longer than the
   * policy can read.
   *
   * @param prompts rows of {@code 1-prompts}
   * @param rollouts rows of {@code 2-rollouts}
   * @param weights rows of {@code 4-weights}
   * @param objective the objective that made the weights
   * @param settings how the sequences are divided
   * @return rows of {@code 5-batches}
   */
  public static Dataset<Row> batch(
      Dataset<Row> prompts,
      Dataset<Row> rollouts,
      Dataset<Row> weights,
      Objective objective,
      BatchSettings settings) {
    Tables tables = Tables.of(prompts, rollouts, weights);
    Dataset<Row> sequences = sequences(tables, objective, settings);
    String answer = "CASE WHEN answer_source = 'gold' THEN gold_%s ELSE answer_%1$s END";
    String answerIds = answer.formatted("ids");
    String answerLogprobs = answer.formatted("logprobs");
    return placed(sequences, settings)
        .join(tables.joined(tables.rollouts), SAMPLE_KEY, "left")
        .join(tables.joined(tables.prompts), EXAMPLE_KEY, "left")
        .selectExpr(
            "example_id",
            "sample",
            "update",
            "shard",
            "micro_batch",
            "row",
            "concat(prompt_ids, rationale_ids, " + answerIds + ") AS token_ids",
            "prompt_length",
            """
            concat(
              array_repeat(0E0, prompt_length),
              array_repeat(rationale_token_coef, rationale_tokens),
              array_repeat(0E0, forced_tokens),
              array_repeat(answer_token_coef, answer_tokens)) AS coefs""",
            "token_scale",
            samplerLogprobs(answerLogprobs) + " AS sampler_logprobs",
            "CASE WHEN forced_tokens = 1 THEN prompt_length + rationale_tokens ELSE -1 END"
                + " AS forced_token",
            """
            prompt_length + rationale_tokens + forced_tokens
              + CASE WHEN answer_source = 'gold' THEN 0 ELSE answer_tokens END AS sampled_end""")
        .transform(rows -> tables.areSmall ? rows : byShard(rows, settings))
        .sortWithinPartitions("update", "shard", "micro_batch", "row");
  }

  /**
   * What a batch is made of.
   *
   * @param areSmall whether each lies in one partition, where joins need no other
   */
  private record Tables(
      Dataset<Row> prompts, Dataset<Row> rollouts, Dataset<Row> weights, boolean areSmall) {
    static Tables of(Dataset<Row> prompts, Dataset<Row> rollouts, Dataset<Row> weights) {
      boolean areSmall = SmallTables.isSmall(rollouts) && SmallTables.isSmall(prompts);
      return new Tables(
          areSmall ? prompts.coalesce(1) : prompts,
          areSmall ? rollouts.coalesce(1) : rollouts,
          // Examples are counted and dealt as a whole: in one partition nothing needs a shuffle.
          weights.coalesce(1),
          areSmall);
    }

    /** Rows to be joined with others. */
    Dataset<Row> joined(Dataset<Row> rows) {
      return areSmall ? rows.hint("shuffle_hash") : rows;
    }
  }

  private static Dataset<Row> byShard(Dataset<Row> rows, BatchSettings settings) {
    return rows.repartition(settings.updates() * settings.shards(), col("update"), col("shard"));
  }

  private static String samplerLogprobs(String answerLogprobs) {
    // An error stands for a number, which every planner knows, rather than for an array.
    return """
        concat(
          array_repeat(CAST(0 AS FLOAT), CASE
            WHEN size(rationale_logprobs) + size(%1$s)
                = rationale_tokens + forced_tokens + answer_tokens
              THEN prompt_length
            ELSE raise_error(concat('Invalid rollout of example ', example_id, ' sample ', sample,
              ': ', size(rationale_logprobs) + size(%1$s), ' log-probs (must be ',
              rationale_tokens + forced_tokens + answer_tokens, ', one for each token)'))
          END), rationale_logprobs, %1$s)"""
        .formatted(answerLogprobs);
  }

  /** One row a trained sample, without its tokens: update, lengths and what its tokens share. */
  private static Dataset<Row> sequences(
      Tables tables, Objective objective, BatchSettings settings) {
    String isTrained =
        objective.loss().trainsOnZeroCoefficients()
            ? "tokens > 0"
            : "(rationale_coef * token_scale <> 0 AND rationale_tokens > 0)"
                + " OR (answer_coef * token_scale <> 0 AND answer_tokens > 0)";
    return samples(examples(tables, objective, settings), tables)
        .selectExpr(
            "*",
            "rationale_length - forced_tokens + answer_tokens AS tokens",
            objective.lengthLimit() + " AS length_limit",
            "count(*) OVER (PARTITION BY update) AS batch_sequences",
            "sum(rationale_length - forced_tokens + answer_tokens) OVER (PARTITION BY update)"
                + " AS batch_tokens")
        .selectExpr(
            "*",
            "rationale_length - forced_tokens AS rationale_tokens",
            "CASE WHEN tokens = 0 THEN 0E0 ELSE %s END AS token_scale"
                .formatted(objective.aggregation().tokenScale()))
        .filter(isTrained);
  }

  /** The examples that have samples, each with its update and the lengths of prompt and y*. */
  private static Dataset<Row> examples(Tables tables, Objective objective, BatchSettings settings) {
    Dataset<Row> lengths =
        tables.prompts.selectExpr(
            "example_id",
            "position",
            "size(prompt_ids) AS known_length",
            "size(gold_ids) AS gold_length");
    // A step has one answer source, so this is one window over all examples.
    Column turn =
        expr("row_number() OVER (PARTITION BY answer_source ORDER BY position, example_id) - 1");
    Column examples = expr("count(*) OVER (PARTITION BY answer_source)");
    Optional<DynamicSampling> sampling = objective.sampling();
    return tables
        .weights
        .filter(sampling.isPresent() ? DynamicSampling.INFORMATIVE : "rollouts > 0")
        .join(tables.joined(lengths), EXAMPLE_KEY, "left")
        .transform(rows -> sampling.isPresent() ? first(rows, sampling.get()) : rows)
        .withColumns(Map.of("turn", turn, "examples", examples))
        .selectExpr("*", UPDATE.formatted(settings.updates()))
        .selectExpr(
            "*",
            "count(*) OVER (PARTITION BY answer_source, update) AS batch_examples",
            "coalesce(known_length, raise_error(concat('Example ', example_id,"
                + " ' has weights but no prompt'))) AS prompt_length");
  }

  /**
   * The examples of the batch: the first in prompt order, as many as it shall have. The others came
   * with a round that drew more than were missing.
   *
   * @param informative examples with {@code answer_source}, which all have in common, and {@code
   *     position}
   */
  private static Dataset<Row> first(Dataset<Row> informative, DynamicSampling sampling) {
    return informative
        .withColumn(
            "turn",
            expr("row_number() OVER (PARTITION BY answer_source ORDER BY position, example_id)"))
        .filter("turn <= " + sampling.prompts())
        .drop("turn");
  }

  /** The samples of the examples with their coefficients and the numbers of their tokens. */
  private static Dataset<Row> samples(Dataset<Row> examples, Tables tables) {
    Dataset<Row> lengths =
        tables.rollouts.selectExpr(
            "example_id",
            "sample",
            "size(rationale_ids) AS known_length",
            "size(answer_ids) AS answer_length",
            "CAST(forced_end_of_thinking AS INT) AS forced_tokens");
    return examples
        .selectExpr(
            "example_id",
            "rollouts",
            "update",
            "batch_examples",
            "answer_source",
            "prompt_length",
            "gold_length",
            "explode(arrays_zip(samples, rationale_coefs, answer_coefs)) AS one")
        .selectExpr(
            "*",
            "one.samples AS sample",
            "one.rationale_coefs AS rationale_coef",
            "one.answer_coefs AS answer_coef")
        .drop("one")
        .join(tables.joined(lengths), SAMPLE_KEY, "left")
        .selectExpr(
            "*",
            "coalesce(known_length, raise_error(concat('Example ', example_id,"
                + " ' sample ', sample, ' has weights but no rollout'))) AS rationale_length",
            "CASE WHEN answer_source = 'gold' THEN gold_length ELSE answer_length END"
                + " AS answer_tokens");
  }

  /** The sequences with shard, micro-batch and row, still without their tokens. */
  private static Dataset<Row> placed(Dataset<Row> sequences, BatchSettings settings) {
    int budget = settings.microBatchTokens();
    String longestFirst = "-" + notLongerThan(settings.maxPositions()) + " AS shortness, ";
    String seat = "pmod(turn, 2 * %d)".formatted(settings.shards());
    String shard = "least(%s, 2 * %d - 1 - %1$s)".formatted(seat, settings.shards());
    return sequences
        .groupBy("update", "example_id", "prompt_length")
        .agg(expr("sort_array(collect_list(struct(" + longestFirst + PLACED + ")))").as("queue"))
        .withColumn("packs", Packing.packs(col("queue.completion"), col("prompt_length"), budget))
        .selectExpr("update", "example_id", "explode(" + PACKED + ") AS pack")
        .selectExpr("update", "example_id", "pack.entries AS rows", "pack.tokens AS tokens")
        .withColumn("turn", expr(TURN))
        .groupBy(col("update"), expr(shard).as("shard"))
        .agg(expr("collect_list(struct(turn, tokens, rows))").as("collected"))
        .withColumn("queue", expr(BY_TURN))
        .withColumn("packs", Packing.packs(col("queue.tokens"), lit(0), budget))
        .selectExpr("update", "shard", "posexplode(" + PACKED + ") AS (micro_batch, pack)")
        .selectExpr(
            "update",
            "shard",
            "micro_batch",
            "posexplode(flatten(pack.entries.rows)) AS (row, sequence)")
        .select("update", "shard", "micro_batch", "row", "sequence.*");
  }

  private static String notLongerThan(int maxPositions) {
    String length = "prompt_length + rationale_length + answer_tokens";
    return """
        CASE
          WHEN %2$s <= %1$d THEN %2$s
          ELSE raise_error(concat('Sequence of example ', example_id, ' sample ', sample, ' has ',
            %2$s, ' tokens (model.max_positions is %1$d)'))
        END"""
        .formatted(maxPositions, length);
  }
}
