package dev.kindling.stage;

import dev.kindling.SparkTest;
import dev.kindling.objective.Aggregation;
import dev.kindling.objective.Sft;
import dev.kindling.row.BatchRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.row.WeightRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A golden case sent through the stages on Spark: its sequences become the samples of one example
 * (for supervised training, of one example each), which are weighed and batched.
 */
final class GoldenRun {
  private static final int PROMPT_TOKENS = 2;
  // Enough copies of a PAFT example that one of them draws the counts of the file.
  private static final int PAFT_COPIES = 400;

  private final GoldenCase golden;
  private final List<WeightRow> weights;
  private final Map<Integer, BatchRow> batch = new TreeMap<>();

  GoldenRun(GoldenCase golden) {
    this.golden = golden;
    SparkSession spark = SparkTest.session();
    List<PromptRow> prompts = new ArrayList<>();
    List<RolloutRow> rollouts = new ArrayList<>();
    List<ScoreRow> scores = new ArrayList<>();
    int copies = golden.algorithm().equals("paft") ? PAFT_COPIES : 1;
    for (int copy = 0; copy < copies; copy++) {
      for (int m = 0; m < golden.sequences(); m++) {
        String id = exampleId(copy, m);
        if (m == 0 || isSupervised()) {
          prompts.add(prompt(id, m));
        }
        rollouts.add(rollout(id, m));
        scores.add(score(id, m));
      }
    }
    Dataset<Row> weighed = Weigh.weigh(Table.SCORES.of(spark, scores), golden.objective(), 17, 1);
    this.weights = chosen(Table.WEIGHTS.collect(weighed));
    Dataset<Row> batches =
        Batch.batch(
            Table.PROMPTS.of(spark, prompts),
            Table.ROLLOUTS.of(spark, rollouts),
            Table.WEIGHTS.of(spark, weights),
            golden.objective(),
            new BatchSettings(1, 2, 16, 64));
    for (BatchRow row : Table.BATCHES.collect(batches)) {
      batch.put(isSupervised() ? Integer.parseInt(row.exampleId()) : row.sample(), row);
    }
  }

  private boolean isSupervised() {
    return golden.objective() instanceof Sft;
  }

  private String exampleId(int copy, int sequence) {
    return String.valueOf(isSupervised() ? sequence : copy);
  }

  private int sample(int sequence) {
    return isSupervised() ? 0 : sequence;
  }

  private PromptRow prompt(String id, int m) {
    int[] y = golden.ids(m, golden.rationaleTokens(m), golden.tokens(m));
    return StageRows.prompt(id, 0, new int[PROMPT_TOKENS], y);
  }

  private RolloutRow rollout(String id, int m) {
    int z = golden.rationaleTokens(m);
    int all = golden.tokens(m);
    float[] logprobs = new float[all];
    for (int t = 0; t < all; t++) {
      logprobs[t] = (float) samplerLogprob(m, t);
    }
    return StageRows.rollout(id, sample(m), golden.ids(m, 0, z), golden.ids(m, z, all), logprobs);
  }

  private ScoreRow score(String id, int m) {
    double reward = golden.number("/inputs/rewards/" + m, 0);
    String verdict = reward > 0 ? "CORRECT" : "WRONG";
    return new ScoreRow(id, sample(m), "", "", verdict, reward, logW(m), null, 0);
  }

  private double logW(int m) {
    return golden.number("/inputs/logw/" + m, 0);
  }

  /** The weights of the copy that drew what the file did, with the weights that the file gives. */
  private List<WeightRow> chosen(List<WeightRow> all) {
    if (golden.algorithm().equals("paft")) {
      int[] counts = Arrays.stream(golden.output("counts")).mapToInt(n -> (int) n).toArray();
      return List.of(
          all.stream().filter(w -> Arrays.equals(w.resampled(), counts)).findFirst().orElseThrow());
    }
    return all.stream().map(this::withSequenceWeight).toList();
  }

  private WeightRow withSequenceWeight(WeightRow row) {
    if (!isSupervised()) {
      return row;
    }
    double given = golden.number("/inputs/seq_weights/" + row.exampleId(), 1);
    double[] coefs = {given * row.answerCoefs()[0]};
    return new WeightRow(
        row.exampleId(),
        row.rollouts(),
        row.correct(),
        row.wrong(),
        row.unparseable(),
        row.timeout(),
        row.error(),
        row.success(),
        row.pHat(),
        row.logPHat(),
        row.q(),
        row.amplification(),
        row.effectiveSampleSize(),
        row.samples(),
        row.logW(),
        row.resampled(),
        coefs,
        coefs,
        row.answerSource());
  }

  /** The weights of the case's example; of the first one in supervised training. */
  WeightRow weights() {
    return weights.get(0);
  }

  /** The log-prob of the sampler, in the file's precision. */
  double samplerLogprob(int m, int t) {
    return golden.number("/inputs/old_logps/" + m + "/" + t, 0);
  }

  /** The training row of a sequence; null where every coefficient was 0. */
  BatchRow row(int m) {
    return batch.get(m);
  }

  /** A token's coefficient in double precision. */
  double coef(int m, int t) {
    WeightRow row = weights.get(isSupervised() ? m : 0);
    double[] coefs = t < golden.rationaleTokens(m) ? row.rationaleCoefs() : row.answerCoefs();
    return coefs[sample(m)] * tokenScale(m);
  }

  /** A token's coefficient as it is trained on; 0 for a sequence that was left out. */
  float trainedCoef(int m, int t) {
    return row(m) == null ? 0 : row(m).coefs()[PROMPT_TOKENS + t];
  }

  /** A token's sampler log-prob as it is trained on. */
  float trainedSamplerLogprob(int m, int t) {
    return row(m) == null ? 0 : row(m).samplerLogprobs()[PROMPT_TOKENS + t];
  }

  /** The share of a token in the loss, worked out from the case alone. */
  double tokenScale(int m) {
    int tokens = 0;
    for (int i = 0; i < golden.sequences(); i++) {
      tokens += golden.tokens(i);
    }
    Aggregation aggregation = golden.objective().aggregation();
    return switch (aggregation) {
      case TOKEN_MEAN -> 1.0 / tokens;
      case EXAMPLE_MEAN, SEQ_MEAN_TOKEN_SUM -> 1.0 / golden.sequences();
      case SEQ_MEAN_TOKEN_MEAN -> 1.0 / (golden.sequences() * golden.tokens(m));
    };
  }
}
