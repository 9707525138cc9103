package dev.kindling.stage;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import dev.kindling.check.InvalidInputException;
import dev.kindling.row.RowCodec;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.SmallTables;
import dev.kindling.row.Table;
import dev.kindling.udf.Judgement;
import dev.kindling.udf.Verdict;
import dev.kindling.udf.Verifiers;
import dev.kindling.udf.worker.WorkerLimits;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** 2-rollouts → 3-scores: each sampled answer gets its verdict. */
public final class Score {
  private static final Object[] FAULTS =
      Arrays.stream(Verdict.values())
          .filter(verdict -> !verdict.isEvidence())
          .map(Verdict::name)
          .toArray();

  private static final int FAULTS_NAMED = 3;

  private Score() {}

  /**
   * Judges every rollout once.
   *
   * @param prompts rows of 1-prompts
   * @param rollouts rows of 2-rollouts
   * @return rows of 3-scores
   */
  public static Dataset<Row> score(
      SparkSession spark, Dataset<Row> prompts, Dataset<Row> rollouts, Judges judges) {
    RowCodec<ScoreRow> output = Table.SCORES.codec();
    return spark.createDataFrame(
        judges
            .sql()
            .judged(spark, answers(prompts, rollouts), judges.verifier())
            .javaRDD()
            .map(row -> output.toRow(judge(row, judges))),
        output.schema());
  }

  /**
   * Who judges.
   *
   * @param verifier name of the verifier for all rows; null leaves the choice to each prompt
   * @param sql those that are expressions of SQL
   * @param limits of the processes that compute algebra
   */
  public record Judges(String verifier, SqlVerifiers sql, WorkerLimits limits)
      implements Serializable {}

  /** What is judged, and what it is judged by. */
  public static Dataset<Row> answers(Dataset<Row> prompts, Dataset<Row> rollouts) {
    return rollouts
        .selectExpr(
            "example_id",
            "sample",
            "prompt",
            "rationale",
            "answer",
            "log_w",
            "finish_reason",
            "size(rationale_ids) + size(answer_ids) - CAST(forced_end_of_thinking AS INT)"
                + " AS tokens")
        .join(
            prompts.selectExpr(
                "example_id", "gold_answers", "verifier", "verifier_context AS context", "level"),
            "example_id");
  }

  /** A row of how many scores are faults of the verifier, and of how many there are. */
  public static Dataset<Row> faults(Dataset<Row> scores) {
    return SmallTables.inOneTask(scores).agg(count_if(col("verdict").isin(FAULTS)), count(lit(1)));
  }

  /**
   * Holds that enough of a step's verdicts say something about the policy: of a fault nothing is
   * learned, and a run whose verifier does not suit its records would end as if it had trained.
   *
   * @param faults as {@link #faults} gives it
   * @param scores rows of 3-scores, of all rounds of the step
   * @param maxFaultShare largest share of them that may be faults of the verifier
   * @throws InvalidInputException naming the share and the first faults
   */
  public static void requireEvidence(
      Row faults, Dataset<Row> scores, long step, double maxFaultShare) {
    long count = faults.getLong(0);
    long all = faults.getLong(1);
    if (count > maxFaultShare * all) {
      List<String> named =
          Table.SCORES
              .collect(
                  scores
                      .where(col("verdict").isin(FAULTS))
                      .orderBy("example_id", "sample")
                      .limit(FAULTS_NAMED))
              .stream()
              .map(Score::sentence)
              .toList();
      throw new InvalidInputException(
          "Invalid verdicts of step %d: %d of %d are faults of the verifier (verifier.max_fault_share is %s): %s"
              .formatted(step, count, all, maxFaultShare, String.join("; ", named)));
    }
  }

  private static String sentence(ScoreRow fault) {
    return "example %s sample %d: %s, %s"
        .formatted(fault.exampleId(), fault.sample(), fault.verdict(), fault.reason());
  }

  private static ScoreRow judge(Row row, Judges judges) {
    String answer = row.getAs("answer");
    String name = judges.verifier() == null ? row.getAs("verifier") : judges.verifier();
    long started = System.nanoTime();
    SqlVerifiers.Given given =
        judges.sql().names().contains(name)
            ? SqlVerifiers.given(row, name, answer)
            : new SqlVerifiers.Given(
                Verifiers.judge(
                    name,
                    row.getList(row.fieldIndex("gold_answers")),
                    row.getAs("context"),
                    answer,
                    judges.limits()),
                null);
    double millis = (System.nanoTime() - started) / 1e6;
    Judgement judgement = given.judgement();
    Verdict verdict = judgement.verdict();
    Double ofVerdict = verdict.isEvidence() ? (verdict == Verdict.CORRECT ? 1.0 : 0.0) : null;
    Double reward = given.reward() == null ? ofVerdict : given.reward();
    return new ScoreRow(
        row.getAs("example_id"),
        row.getAs("sample"),
        row.getAs("prompt"),
        row.getAs("rationale"),
        answer,
        judgement.extracted(),
        verdict.name(),
        reward,
        row.getAs("log_w"),
        row.getAs("tokens"),
        verdict == Verdict.CORRECT ? null : judgement.reason(),
        millis);
  }
}
