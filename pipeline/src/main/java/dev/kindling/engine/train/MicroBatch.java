package dev.kindling.engine.train;

import dev.kindling.check.Check;
import dev.kindling.engine.model.ModelConfig;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences side by side, padded on the right, and the places whose next token is trained on. What
 * follows the last trained token of a row is left out: no gradient comes from there.
 */
final class MicroBatch {
  private final List<Sequence> sequences;
  private final int width;
  private final int[] pickRows;
  private final int[] pickTokens;

  private MicroBatch(List<Sequence> sequences, int width, int[] pickRows, int[] pickTokens) {
    this.sequences = sequences;
    this.width = width;
    this.pickRows = pickRows;
    this.pickTokens = pickTokens;
  }

  /**
   * Packs sequences.
   *
   * @param always whether tokens without a coefficient are trained on as well
   * @throws dev.kindling.check.InvalidInputException naming a sequence that is too long or has a
   *     token outside of the vocabulary
   */
  static MicroBatch of(List<Sequence> sequences, boolean always, ModelConfig config) {
    int[] rows = new int[sequences.stream().mapToInt(s -> s.tokenIds().length).sum()];
    int[] tokens = new int[rows.length];
    int picks = 0;
    int width = 0;
    for (int row = 0; row < sequences.size(); row++) {
      Sequence sequence = sequences.get(row);
      check(sequence, config);
      for (int t = sequence.promptLength(); t < sequence.tokenIds().length; t++) {
        if (sequence.isTrained(t, always)) {
          rows[picks] = row;
          tokens[picks++] = t;
          // The input ends before the last trained token.
          width = Math.max(width, t);
        }
      }
    }
    return new MicroBatch(
        List.copyOf(sequences), width, Arrays.copyOf(rows, picks), Arrays.copyOf(tokens, picks));
  }

  private static void check(Sequence sequence, ModelConfig config) {
    String name = "sequence " + sequence.exampleId() + "/" + sequence.sample();
    int length = sequence.tokenIds().length;
    Check check =
        new Check()
            .that(
                length <= config.maxPositions(),
                name + " length",
                length,
                "must be <= model.max_positions = " + config.maxPositions());
    for (int token : sequence.tokenIds()) {
      check.that(
          token >= 0 && token < config.vocab(),
          name + " token",
          token,
          "must be in [0, model.vocab = " + config.vocab() + ")");
    }
    check.done();
  }

  List<Sequence> sequences() {
    return sequences;
  }

  /** Tokens of one padded row. */
  int width() {
    return width;
  }

  /** Number of picks: trained tokens. */
  int picks() {
    return pickTokens.length;
  }

  /** Index in {@link #sequences} of the row of a pick. */
  int row(int pick) {
    return pickRows[pick];
  }

  /** Index in the sequence of the trained token of a pick. */
  int token(int pick) {
    return pickTokens[pick];
  }

  /** Input tokens (rows * width), row by row; padding is token 0. */
  long[] ids() {
    long[] ids = new long[sequences.size() * width];
    for (int row = 0; row < sequences.size(); row++) {
      int[] tokens = sequences.get(row).tokenIds();
      for (int t = 0; t < Math.min(width, tokens.length); t++) {
        ids[row * width + t] = tokens[t];
      }
    }
    return ids;
  }

  /** Places in {@link #ids} that predict the trained tokens, ascending (picks). */
  long[] places() {
    long[] places = new long[picks()];
    for (int pick = 0; pick < places.length; pick++) {
      places[pick] = (long) pickRows[pick] * width + pickTokens[pick] - 1;
    }
    return places;
  }

  /** The trained tokens (picks). */
  long[] targets() {
    long[] targets = new long[picks()];
    for (int pick = 0; pick < targets.length; pick++) {
      targets[pick] = sequences.get(pickRows[pick]).tokenIds()[pickTokens[pick]];
    }
    return targets;
  }
}
