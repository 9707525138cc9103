package dev.kindling.stage;

import dev.kindling.engine.text.Tokenizer;
import dev.kindling.row.RowCodec;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.udf.Judgement;
import dev.kindling.udf.Verdict;
import dev.kindling.udf.Verifiers;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** 2-rollouts → 3-scores: each sampled answer becomes text and gets its verdict. */
public final class Score {
  private Score() {}

  /**
   * Judges every rollout once.
   *
   * @param prompts rows of 1-prompts
   * @param rollouts rows of 2-rollouts
   * @param verifier name of the verifier for all rows; null leaves the choice to each prompt
   * @param tokenizer turns answers into text
   * @return rows of 3-scores
   */
  public static Dataset<Row> score(
      SparkSession spark,
      Dataset<Row> prompts,
      Dataset<Row> rollouts,
      String verifier,
      TokenizerRef tokenizer) {
    RowCodec<ScoreRow> output = Table.SCORES.codec();
    Dataset<Row> answers =
        rollouts
            .selectExpr(
                "example_id",
                "sample",
                "answer_ids",
                "log_w",
                "size(rationale_ids) + size(answer_ids) - CAST(forced_end_of_thinking AS INT)"
                    + " AS tokens")
            .join(
                prompts.select("example_id", "gold_answers", "verifier", "verifier_context"),
                "example_id");
    Broadcast<TokenizerRef> sent = tokenizer.broadcast(spark);
    return spark.createDataFrame(
        answers
            .javaRDD()
            .mapPartitions(
                rows -> {
                  try (SharedCache.Lease<Tokenizer> lease = sent.value().lease()) {
                    List<Row> scores = new ArrayList<>();
                    while (rows.hasNext()) {
                      scores.add(output.toRow(judge(rows.next(), verifier, lease.value())));
                    }
                    return scores.iterator();
                  }
                }),
        output.schema());
  }

  private static ScoreRow judge(Row row, String verifier, Tokenizer tokenizer) {
    String answer = tokenizer.decode(ints(row.getList(row.fieldIndex("answer_ids"))));
    String name = verifier == null ? row.getAs("verifier") : verifier;
    long started = System.nanoTime();
    Judgement judgement =
        Verifiers.judge(
            name,
            row.getList(row.fieldIndex("gold_answers")),
            row.getAs("verifier_context"),
            answer);
    double millis = (System.nanoTime() - started) / 1e6;
    Verdict verdict = judgement.verdict();
    Double reward = verdict.isEvidence() ? (verdict == Verdict.CORRECT ? 1.0 : 0.0) : null;
    return new ScoreRow(
        row.getAs("example_id"),
        row.getAs("sample"),
        answer,
        judgement.extracted(),
        verdict.name(),
        reward,
        row.getAs("log_w"),
        row.getAs("tokens"),
        verdict == Verdict.CORRECT ? null : judgement.reason(),
        millis);
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
