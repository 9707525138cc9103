package dev.kindling.stage.step;

import dev.kindling.engine.train.Sequence;
import dev.kindling.engine.train.SequenceId;
import dev.kindling.row.BatchRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The rows of a shard as the trainer takes them. */
final class ShardSequences {
  private static final double[][] NO_MARKS = {};

  private ShardSequences() {}

  /**
   * The micro-batches of a shard, in order.
   *
   * @param marks what batch-wide regularisers say of a sequence's trained tokens
   */
  static List<List<Sequence>> microBatches(List<BatchRow> rows, Map<SequenceId, double[][]> marks) {
    rows.sort(Comparator.comparingInt(BatchRow::microBatch).thenComparingInt(BatchRow::row));
    SortedMap<Integer, List<Sequence>> microBatches = new TreeMap<>();
    for (BatchRow row : rows) {
      SequenceId id = new SequenceId(row.exampleId(), row.sample());
      microBatches
          .computeIfAbsent(row.microBatch(), index -> new ArrayList<>())
          .add(
              new Sequence(
                  row.exampleId(),
                  row.sample(),
                  row.tokenIds(),
                  row.promptLength(),
                  row.coefs(),
                  row.tokenScale(),
                  row.samplerLogprobs(),
                  row.forcedToken(),
                  row.sampledEnd(),
                  marks.getOrDefault(id, NO_MARKS)));
    }
    return List.copyOf(microBatches.values());
  }
}
