package dev.kindling.stage.step;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.SparkTest;
import dev.kindling.objective.LossTerms;
import dev.kindling.objective.Regulariser;
import dev.kindling.objective.SequenceScores;
import dev.kindling.row.BatchRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.RowCodec;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.row.TokenSignalsRow;
import dev.kindling.row.WeightRow;
import dev.kindling.stage.StageRows;
import dev.kindling.stage.weigh.Batch;
import dev.kindling.stage.weigh.BatchSettings;
import dev.kindling.stage.weigh.Weigh;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A golden case sent through the stages on Spark: its sequences become the samples of examples (for
 * supervised training, of one example each), which are weighed, batched and marked.
 */
final class GoldenRun {
  private static final int PROMPT_TOKENS = 2;

  private final GoldenCase golden;
  private final List<WeightRow> weights;
  private final Map<String, BatchRow> batch = new TreeMap<>();
  private final Map<String, double[][]> marks = new TreeMap<>();

  GoldenRun(GoldenCase golden) {
    this.golden = golden;
    SparkSession spark = SparkTest.session();
    Map<String, PromptRow> prompts = new TreeMap<>();
    List<RolloutRow> rollouts = new ArrayList<>();
    List<ScoreRow> scores = new ArrayList<>();
    for (int m = 0; m < golden.sequences(); m++) {
      String id = golden.exampleId(m);
      prompts.putIfAbsent(id, prompt(id, m));
      rollouts.add(rollout(id, m));
      scores.add(score(id, m));
    }
    Dataset<Row> weighed =
        Weigh.weigh(
            Table.SCORES.of(spark, scores),
            Table.CARRIED.of(spark, List.of()),
            golden.objective(),
            golden.columns(),
            17,
            1);
    List<String> examples = golden.examples();
    this.weights =
        Table.WEIGHTS.collect(weighed).stream()
            .sorted(Comparator.comparing(row -> examples.indexOf(row.exampleId())))
            .map(this::withSequenceWeight)
            .toList();
    Dataset<Row> batches =
        Batch.batch(
            Table.PROMPTS.of(spark, List.copyOf(prompts.values())),
            Table.ROLLOUTS.of(spark, rollouts),
            Table.WEIGHTS.of(spark, weights),
            golden.objective(),
            new BatchSettings(1, 2, 16, 64));
    for (BatchRow row : Table.BATCHES.collect(batches)) {
      batch.put(key(row.exampleId(), row.sample()), row);
    }
    List<Regulariser> batchWide = golden.objective().loss().batchWide();
    if (!batchWide.isEmpty()) {
      mark(spark, batchWide);
    }
  }

  private static String key(String exampleId, int sample) {
    return exampleId + "/" + sample;
  }

  private String key(int m) {
    return key(golden.exampleId(m), golden.sample(m));
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
      logprobs[t] = (float) golden.samplerLogprob(m, t);
    }
    int[] rationale = golden.ids(m, 0, z);
    return StageRows.rollout(id, golden.sample(m), rationale, golden.ids(m, z, all), logprobs);
  }

  private ScoreRow score(String id, int m) {
    double reward = golden.number("/inputs/rewards/" + m, 0);
    double logW = golden.number("/inputs/logw/" + m, 0);
    String verdict = reward > 0 ? "CORRECT" : "WRONG";
    int tokens = golden.tokens(m);
    return new ScoreRow(
        id, golden.sample(m), "", "", "", "", verdict, reward, logW, tokens, null, 0);
  }

  private WeightRow withSequenceWeight(WeightRow row) {
    double given = golden.number("/inputs/seq_weights/" + row.exampleId(), 1);
    return given == 1 ? row : StageRows.withCoefs(row, given * row.answerCoefs()[0]);
  }

  private void mark(SparkSession spark, List<Regulariser> batchWide) {
    List<TokenSignalsRow> rows = new ArrayList<>();
    for (int m = 0; m < golden.sequences(); m++) {
      if (batch.containsKey(key(m))) {
        rows.add(signals(m));
      }
    }
    RowCodec<TokenSignalsRow> codec = new RowCodec<>(TokenSignalsRow.class);
    Dataset<Row> signals =
        spark.createDataset(rows.stream().map(codec::toRow).toList(), Encoders.row(codec.schema()));
    Dataset<Row> tokens = TokenMarks.tokens(signals, 17, 1);
    String draws = golden.draws();
    for (Row row :
        TokenMarks.marks(
                draws.isEmpty() ? tokens : tokens.withColumn("draw", expr(draws)), batchWide)
            .collectAsList()) {
      marks.put(key(row.getAs("example_id"), row.getAs("sample")), BatchMarks.marks(row));
    }
  }

  private TokenSignalsRow signals(int m) {
    SequenceScores scores = scores(m, false, new double[0][]);
    LossTerms terms = new LossTerms(scores.tokens());
    golden.objective().tokenLoss().add(scores, scores.coefs(), terms);
    int[] tokens = new int[scores.tokens()];
    int[] clipped = new int[scores.tokens()];
    double[] advantages = new double[scores.tokens()];
    for (int t = 0; t < tokens.length; t++) {
      tokens[t] = PROMPT_TOKENS + t;
      clipped[t] = terms.clipped()[t] ? 1 : 0;
      advantages[t] = scores.coefs()[t] / scores.tokenScale();
    }
    return new TokenSignalsRow(
        0,
        golden.exampleId(m),
        golden.sample(m),
        tokens,
        tokens.length,
        advantages,
        scores.logprobs(),
        scores.samplerLogprobs(),
        scores.referenceLogprobs(),
        scores.entropies(),
        clipped);
  }

  /** The weights of each of the case's examples, in the order of {@link GoldenCase#examples}. */
  List<WeightRow> weights() {
    return weights;
  }

  /**
   * What the trainer's loss sees of a sequence; null where it was left out of the batch.
   *
   * @param single whether log-probs come in single precision
   */
  SequenceScores scores(int m, boolean single) {
    double[][] none = new double[0][];
    return batch.containsKey(key(m)) ? scores(m, single, marks.getOrDefault(key(m), none)) : null;
  }

  private SequenceScores scores(int m, boolean single, double[][] marksOfSequence) {
    BatchRow row = batch.get(key(m));
    int tokens = golden.tokens(m);
    double[][] values = new double[6][tokens];
    for (int t = 0; t < tokens; t++) {
      TokenDistribution policy = golden.policy(m, t);
      int id = golden.ids(m, t, t + 1)[0];
      values[0][t] = golden.number("/outputs/logps/" + m + "/" + t, Double.NaN);
      values[1][t] =
          single ? row.samplerLogprobs()[PROMPT_TOKENS + t] : golden.samplerLogprob(m, t);
      values[2][t] = golden.number("/inputs/ref_logps/" + m + "/" + t, Double.NaN);
      values[3][t] = policy.entropy();
      if (golden.objective().loss().proxy().isPresent()) {
        TokenDistribution proxy = golden.proxy(m, t);
        values[4][t] = proxy.logprob(id);
        values[5][t] = proxy.divergenceTo(policy);
      }
    }
    for (double[] array : values) {
      for (int t = 0; single && t < tokens; t++) {
        array[t] = (float) array[t];
      }
    }
    double[] coefs = Arrays.copyOfRange(row.coefs(), PROMPT_TOKENS, PROMPT_TOKENS + tokens);
    return new SequenceScores(
        coefs,
        row.tokenScale(),
        values[0],
        values[1],
        values[2],
        values[3],
        values[4],
        values[5],
        marksOfSequence);
  }
}
