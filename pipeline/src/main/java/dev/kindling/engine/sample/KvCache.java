package dev.kindling.engine.sample;

import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Keys and values of a batch of sequences that stand at different positions, one row each. A row's
 * position may go back, for example to score two continuations: what stands beyond a position is
 * never attended to. Rows are added and dropped by {@link #rebuild}; capacity grows by itself.
 *
 * <p>For one thread; positions count from 0.
 */
final class KvCache implements AutoCloseable {
  private static final int CAPACITY_BLOCK = 32;
  // Bounds the mask and the activations of a prefill or scoring call.
  private static final int TOKENS_PER_CALL = 2048;
  private static final int LOGITS_PER_CALL = 1 << 22;

  private final Decoder decoder;
  private final Value tensors;
  private int capacity;
  // Positions below this may hold something in some row.
  private int used;

  /** Logits of the last step; see {@link #step}. */
  private Tensor logits;

  /** An empty cache for {@code rows} sequences of {@code capacity} tokens to begin with. */
  KvCache(Decoder decoder, int rows, int capacity) {
    this.decoder = decoder;
    this.capacity = capacity;
    ModelConfig config = decoder.config();
    try (Scope scope = new Scope()) {
      this.tensors =
          decoder.run(
              "allocate",
              scope.own(Value.of(config.layers())),
              scope.own(Value.of(rows)),
              scope.own(Value.of(capacity)),
              scope.own(Value.of(config.kvHeads())),
              scope.own(Value.of(config.headDim())));
    }
  }

  /**
   * Puts each row's tokens at the positions from 0 on.
   *
   * @param sequences one per row, longest first; may be empty
   */
  void prefill(int[][] sequences) {
    int longest = sequences[0].length;
    int rows = sequences.length;
    for (int start = 0; start < longest; ) {
      while (sequences[rows - 1].length <= start) {
        rows--;
      }
      int width = Math.min(longest - start, Math.max(1, TOKENS_PER_CALL / rows));
      long[] ids = new long[rows * width];
      for (int row = 0; row < rows; row++) {
        copy(sequences[row], start, ids, row * width, width);
      }
      long[] starts = new long[rows];
      Arrays.fill(starts, start);
      used = Math.max(used, start + width);
      decoder.forward("extend", ids, starts, 0, tensors).close();
      start += width;
    }
  }

  private static void copy(int[] source, int from, long[] target, int to, int most) {
    for (int i = 0; i < Math.min(most, source.length - from); i++) {
      target[to + i] = source[from + i];
    }
  }

  /**
   * Makes row r a copy of today's row {@code sources[r]}, for as many rows as there are sources.
   *
   * @param atLeast positions that there must be room for
   */
  void rebuild(int[] sources, int atLeast) {
    capacity = (atLeast + CAPACITY_BLOCK - 1) / CAPACITY_BLOCK * CAPACITY_BLOCK;
    try (Scope scope = new Scope()) {
      decoder
          .run(
              "rebuild",
              tensors,
              rows(sources, scope),
              scope.own(Value.of(capacity)),
              scope.own(Value.of(used)))
          .close();
    }
  }

  private static Value rows(int[] numbers, Scope scope) {
    long[] copy = Arrays.stream(numbers).asLongStream().toArray();
    return scope.own(Value.of(scope.own(Tensor.of(copy, copy.length))));
  }

  /** Copies each row {@code sources[i]} to row {@code targets[i]}, all at once. */
  void permute(int[] sources, int[] targets) {
    try (Scope scope = new Scope()) {
      decoder
          .run(
              "permute",
              tensors,
              rows(sources, scope),
              rows(targets, scope),
              scope.own(Value.of(used)))
          .close();
    }
  }

  /**
   * Appends one token to each of the first rows.
   *
   * @param ids the token of each row
   * @param positions where it stands
   * @return logits (rows, vocab) of what follows, valid until the next call
   */
  FloatBuffer step(int[] ids, int[] positions) {
    reserve(ids.length, Arrays.stream(positions).max().orElseThrow() + 1);
    closeLogits();
    try (Value result = decoder.forward("logits", longs(ids), longs(positions), 0, tensors)) {
      logits = result.tensor();
    }
    return logits.memory().asFloatBuffer();
  }

  private static long[] longs(int[] numbers) {
    return Arrays.stream(numbers).asLongStream().toArray();
  }

  /** Makes room for positions in the first rows; when it has to grow, other rows are lost. */
  private void reserve(int rows, int positions) {
    if (positions > capacity) {
      rebuild(IntStream.range(0, rows).toArray(), positions + capacity / 4);
    }
    used = Math.max(used, positions);
  }

  /**
   * Scores a continuation of each of the rows {@code first}, {@code first + 1}, and so on.
   *
   * @param first number of the first row; rows up to the last scored one are kept
   * @param last token before each continuation
   * @param positions where that token stands; what the row holds from there on is overwritten
   * @param targets tokens of each continuation
   * @return log-probs of the tokens of each continuation, at temperature 1
   */
  float[][] score(int first, int[] last, int[] positions, int[][] targets) {
    int rows = targets.length;
    int longest = Arrays.stream(targets).mapToInt(target -> target.length).max().orElseThrow();
    reserve(first + rows, Arrays.stream(positions).max().orElseThrow() + longest);
    float[][] logprobs = new float[rows][];
    for (int row = 0; row < rows; row++) {
      logprobs[row] = new float[targets[row].length];
    }
    int most = Math.max(1, TOKENS_PER_CALL / rows);
    for (int start = 0; start < longest; start += most) {
      int width = Math.min(most, longest - start);
      float[] found = scorePart(first, last, positions, targets, start, width);
      for (int row = 0; row < rows; row++) {
        int count = Math.min(width, targets[row].length - start);
        if (count > 0) {
          System.arraycopy(found, row * width, logprobs[row], start, count);
        }
      }
    }
    return logprobs;
  }

  private float[] scorePart(
      int first, int[] last, int[] positions, int[][] targets, int start, int width) {
    int rows = targets.length;
    long[] ids = new long[rows * width];
    long[] wanted = new long[rows * width];
    long[] starts = new long[rows];
    for (int row = 0; row < rows; row++) {
      starts[row] = (long) positions[row] + start;
      copy(targets[row], start, wanted, row * width, width);
      if (start == 0) {
        ids[row * width] = last[row];
        copy(targets[row], 0, ids, row * width + 1, width - 1);
      } else {
        copy(targets[row], start - 1, ids, row * width, width);
      }
    }
    int chunk = Math.max(1, LOGITS_PER_CALL / decoder.config().vocab());
    try (Scope scope = new Scope()) {
      Value target = scope.own(Value.of(scope.own(Tensor.of(wanted, wanted.length))));
      Value result =
          scope.own(
              decoder.forward(
                  "logprobs", ids, starts, first, tensors, target, scope.own(Value.of(chunk))));
      return scope.own(result.tensor()).floats();
    }
  }

  private void closeLogits() {
    if (logits != null) {
      logits.close();
      logits = null;
    }
  }

  @Override
  public void close() {
    closeLogits();
    tensors.close();
  }
}
