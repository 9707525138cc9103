package dev.kindling.stage;

import dev.kindling.engine.sample.SamplerSettings;
import dev.kindling.engine.text.Tokenizer;
import dev.kindling.row.PromptRow;
import dev.kindling.row.Records;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.RowCodec;
import dev.kindling.row.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * 1-prompts → 2-rollouts without a policy: the data set's own rationale and gold answer stand where
 * sampled ones would (supervised warm start, the q = 1 pole with given rationales).
 */
public final class Given {
  private Given() {}

  /**
   * Makes one rollout of every prompt.
   *
   * @param prompts rows of 1-prompts
   * @param endOfThinking token that closes a rationale; a prompt without rationale gets none, and
   *     without such a token no rationale is used
   * @return rows of 2-rollouts; their log-probs are 0, for no policy gave any
   */
  public static Dataset<Row> rollouts(
      SparkSession spark, Dataset<Row> prompts, TokenizerRef tokenizer, int endOfThinking) {
    RowCodec<RolloutRow> output = Table.ROLLOUTS.codec();
    Broadcast<TokenizerRef> sent = tokenizer.broadcast(spark);
    return spark.createDataFrame(
        Records.of(prompts, Table.PROMPTS.codec())
            .mapPartitions(
                given -> {
                  List<Row> rollouts = new ArrayList<>();
                  try (SharedCache.Lease<Tokenizer> lease = sent.value().lease()) {
                    while (given.hasNext()) {
                      RolloutRow rollout = rollout(given.next(), lease.value(), endOfThinking);
                      rollouts.add(output.toRow(rollout));
                    }
                  }
                  return rollouts.iterator();
                }),
        output.schema());
  }

  private static RolloutRow rollout(PromptRow prompt, Tokenizer tokenizer, int endOfThinking) {
    boolean isUsed = endOfThinking != SamplerSettings.NO_TOKEN;
    int[] rationale = tokenizer.encode(isUsed ? prompt.rationale() : "");
    if (rationale.length > 0) {
      rationale = Arrays.copyOf(rationale, rationale.length + 1);
      rationale[rationale.length - 1] = endOfThinking;
    }
    int[] answer = prompt.goldIds();
    return new RolloutRow(
        prompt.exampleId(),
        0,
        prompt.prompt(),
        tokenizer.decode(rationale),
        tokenizer.decode(answer),
        rationale,
        answer,
        new float[rationale.length],
        new float[answer.length],
        new float[rationale.length],
        new float[answer.length],
        new float[answer.length],
        0.0,
        "stop",
        false,
        0L,
        0L,
        0.0);
  }
}
