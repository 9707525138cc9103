package dev.kindling.stage.step;

import dev.kindling.engine.train.SequenceId;
import dev.kindling.engine.train.SequenceSignals;
import dev.kindling.objective.SequenceLoss;
import dev.kindling.objective.SequenceScores;
import dev.kindling.row.BatchRow;
import dev.kindling.row.RowCodec;
import dev.kindling.row.TokenSignalsRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The scoring pass before a gradient pass, for regularisers that must see the whole update first: a
 * forward pass over its sequences, statistics over their tokens in SQL, and the outcome, which
 * every task of the gradient pass reads. Without such a regulariser there is no pass.
 *
 * @param policies the policy being trained, and those that the loss needs
 * @param loss what will be differentiated
 * @param keptBytes as for the gradient pass, whose trainer is used
 * @param seed the run's seed
 */
record BatchMarks(TrainingPolicies policies, SequenceLoss loss, long keptBytes, long seed) {
  /**
   * The marks of an update's sequences; of none without a batch-wide regulariser. The caller
   * destroys them.
   *
   * @param shards the update's training sequences, one partition a shard
   * @param step the step that is being made
   */
  Broadcast<Map<SequenceId, double[][]>> of(JavaRDD<BatchRow> shards, long step) {
    Map<SequenceId, double[][]> marks = new HashMap<>();
    if (!loss.batchWide().isEmpty()) {
      SparkSession spark = SparkSession.active();
      RowCodec<TokenSignalsRow> codec = new RowCodec<>(TokenSignalsRow.class);
      Dataset<Row> signals = spark.createDataFrame(rows(shards, codec), codec.schema());
      Dataset<Row> tokens = TokenMarks.tokens(signals, seed, step);
      for (Row row : TokenMarks.marks(tokens, loss.batchWide()).collectAsList()) {
        marks.put(new SequenceId(row.getAs("example_id"), row.getAs("sample")), marks(row));
      }
    }
    return JavaSparkContext.fromSparkContext(shards.context()).broadcast(marks);
  }

  private JavaRDD<Row> rows(JavaRDD<BatchRow> shards, RowCodec<TokenSignalsRow> codec) {
    TrainingPolicies needed = policies;
    SequenceLoss scored = loss;
    long bytes = keptBytes;
    return shards.mapPartitions(
        rows ->
            signals(rows, needed, scored, bytes).stream()
                .map(signal -> codec.toRow(row(signal)))
                .iterator());
  }

  private static List<UpdateSignals> signals(
      Iterator<BatchRow> rows, TrainingPolicies policies, SequenceLoss loss, long keptBytes) {
    List<BatchRow> ofShard = new ArrayList<>();
    rows.forEachRemaining(ofShard::add);
    if (ofShard.isEmpty()) {
      return List.of();
    }
    int update = ofShard.get(0).update();
    return policies.with(
        loss.needsSampler(),
        keptBytes,
        (trainer, loaded) ->
            trainer.signals(loaded, ShardSequences.microBatches(ofShard, Map.of()), loss).stream()
                .map(signals -> new UpdateSignals(update, signals))
                .toList());
  }

  /** The signals of one sequence, and which update it belongs to. */
  private record UpdateSignals(int update, SequenceSignals signals) {}

  private static TokenSignalsRow row(UpdateSignals of) {
    SequenceSignals signals = of.signals();
    SequenceScores scores = signals.scores();
    double[] advantages = new double[scores.tokens()];
    int[] clipped = new int[scores.tokens()];
    for (int t = 0; t < advantages.length; t++) {
      advantages[t] = scores.coefs()[t] / scores.tokenScale();
      clipped[t] = signals.clipped()[t] ? 1 : 0;
    }
    return new TokenSignalsRow(
        of.update(),
        signals.sequence().exampleId(),
        signals.sequence().sample(),
        signals.tokens(),
        signals.sampledTokens(),
        advantages,
        scores.logprobs(),
        scores.samplerLogprobs(),
        scores.referenceLogprobs(),
        scores.entropies(),
        clipped);
  }

  /** The marks of a row of {@link TokenMarks#marks}. */
  static double[][] marks(Row row) {
    List<Seq<Double>> arrays = row.getList(row.fieldIndex("marks"));
    return arrays.stream()
        .map(
            array ->
                CollectionConverters.asJava(array).stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray())
        .toArray(double[][]::new);
  }
}
