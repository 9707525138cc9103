package dev.kindling.stage;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.row.ProfileRow;
import dev.kindling.row.RowCodec;
import dev.kindling.row.Table;
import dev.kindling.udf.Verifiers;
import dev.kindling.udf.worker.WorkerLimits;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** 2-rollouts and 3-scores of many examples → their pass rates. */
public final class PassRates {
  private static final String EVIDENCE = "nullif(correct + wrong + unparseable, 0)";
  private static final String RATE = "correct / " + EVIDENCE;

  // Wilson 1927, with the normal distribution's quantile of 0.975.
  private static final String Z2 = "3.8414588206941254D";
  private static final String WILSON =
      "(pass_rate + Z2 / (2 * EVIDENCE) SIGN sqrt(Z2 * (pass_rate * (1 - pass_rate)"
          + " + Z2 / (4 * EVIDENCE)) / EVIDENCE)) / (1 + Z2 / EVIDENCE)";

  private PassRates() {}

  /**
   * The profile of every example that was sampled.
   *
   * @param prompts rows of 1-prompts
   * @param rollouts rows of 2-rollouts
   * @param scores rows of 3-scores
   * @param verifier name of the verifier for all rows; null leaves the choice to each prompt
   * @param limits of the processes that compute algebra, by which answers are compared
   * @return rows of the table, in no particular order
   */
  public static Dataset<Row> of(
      SparkSession spark,
      Dataset<Row> prompts,
      Dataset<Row> rollouts,
      Dataset<Row> scores,
      String verifier,
      WorkerLimits limits) {
    RowCodec<ProfileRow> output = Table.PROFILE.codec();
    return spark.createDataFrame(
        counted(prompts, rollouts, scores)
            .javaRDD()
            .map(row -> output.toRow(profile(row, verifier, limits))),
        output.schema());
  }

  /** Counts and sums of each example, and its answers in the order of the samples. */
  static Dataset<Row> counted(Dataset<Row> prompts, Dataset<Row> rollouts, Dataset<Row> scores) {
    Dataset<Row> counts =
        scores
            .join(
                rollouts.select("example_id", "sample", "finish_reason"),
                new String[] {"example_id", "sample"},
                "inner")
            .groupBy("example_id")
            .agg(
                expr("CAST(count(1) AS INT) AS samples"),
                count("CORRECT"),
                count("WRONG"),
                count("UNPARSEABLE"),
                count("TIMEOUT"),
                count("ERROR"),
                // Integers below 2^53 add exactly, in any order.
                expr("sum(CAST(tokens AS BIGINT)) / count(1) AS mean_tokens"),
                expr("count_if(finish_reason <> 'stop') / count(1) AS clipped_share"),
                expr(
                    "sort_array(collect_list(if(reward IS NULL, null, struct(sample, log_w)))).log_w AS log_w"),
                expr(
                    "sort_array(collect_list(if(verdict IN ('CORRECT', 'WRONG'),"
                        + " struct(sample, verdict, extracted, answer), null))) AS answers"));
    return counts
        .selectExpr("*", RATE + " AS pass_rate", "array_max(log_w) AS max_log_w")
        .selectExpr(
            "*",
            wilson("-") + " AS pass_rate_low",
            wilson("+") + " AS pass_rate_high",
            "aggregate(log_w, 0D, (sum, x) -> sum + x) / nullif(size(log_w), 0) AS mean_log_w",
            "CASE WHEN max_log_w = CAST('-Infinity' AS DOUBLE) THEN max_log_w ELSE max_log_w"
                + " + ln(aggregate(log_w, 0D, (sum, x) -> sum + exp(x - max_log_w)) / nullif(size(log_w), 0)) END"
                + " AS log_p_hat")
        .join(
            prompts.selectExpr(
                "example_id",
                "dataset",
                "split",
                "level",
                "prompt",
                "gold_answers",
                "verifier",
                "verifier_context"),
            "example_id");
  }

  private static Column count(String verdict) {
    return expr(
        "CAST(count_if(verdict = '%s') AS INT) AS %s"
            .formatted(verdict, verdict.toLowerCase(Locale.ROOT)));
  }

  private static String wilson(String sign) {
    return WILSON.replace("SIGN", sign).replace("Z2", Z2).replace("EVIDENCE", EVIDENCE);
  }

  private static ProfileRow profile(Row row, String verifier, WorkerLimits limits) {
    String judge = verifier == null ? row.getAs("verifier") : verifier;
    String context = row.getAs("verifier_context");
    List<Row> answers = row.getList(row.fieldIndex("answers"));
    Common wrong =
        common(
            answers.stream()
                .filter(answer -> answer.getAs("verdict").equals("WRONG"))
                .map(answer -> answer.<String>getAs("extracted"))
                .toList(),
            (one, other) -> Verifiers.isSame(judge, context, one, other, limits));
    String shortest = null;
    for (Row answer : answers) {
      String text = answer.<String>getAs("answer").strip();
      if (answer.getAs("verdict").equals("CORRECT")
          && (shortest == null || text.length() < shortest.length())) {
        shortest = text;
      }
    }
    return new ProfileRow(
        row.getAs("example_id"),
        row.getAs("dataset"),
        row.getAs("split"),
        row.getAs("level"),
        row.getAs("prompt"),
        row.getList(row.fieldIndex("gold_answers")),
        row.getAs("samples"),
        row.getAs("correct"),
        row.getAs("wrong"),
        row.getAs("unparseable"),
        row.getAs("timeout"),
        row.getAs("error"),
        row.getAs("pass_rate"),
        row.getAs("pass_rate_low"),
        row.getAs("pass_rate_high"),
        row.getAs("mean_log_w"),
        row.getAs("max_log_w"),
        row.getAs("log_p_hat"),
        row.getAs("mean_tokens"),
        row.getAs("clipped_share"),
        shortest,
        wrong.answer(),
        wrong.count());
  }

  /**
   * What most answers agree on.
   *
   * @param answer the first of them; null when there is none
   * @param count how many they are
   */
  record Common(String answer, int count) {}

  /**
   * Lets answers vote.
   *
   * @param answers in the order of their samples; null does not vote
   * @param isSame whether two are one, the earlier first
   */
  static Common common(List<String> answers, BiPredicate<String, String> isSame) {
    int[] votes = Votes.candidates(answers, isSame);
    int winner = Votes.winner(votes, votes.length);
    if (winner == Votes.NONE) {
      return new Common(null, 0);
    }
    int count = 0;
    for (int vote : votes) {
      count += vote == winner ? 1 : 0;
    }
    return new Common(answers.get(winner), count);
  }
}
