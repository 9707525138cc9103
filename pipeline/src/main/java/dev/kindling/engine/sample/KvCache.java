package dev.kindling.engine.sample;

import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Keys and values of a batch of sequences that begin with a few prompts. Rows with the same prompt
 * share its keys and values; what follows the prompt is each row's own, at positions of its own
 * that count from 0. All rows step together; a finished row may go back to score another
 * continuation, since what stands beyond a position is never attended to.
 *
 * <p>For one thread.
 */
final class KvCache implements AutoCloseable {
  private static final int CAPACITY_BLOCK = 32;
  // Room to grow into, as a part of what is used: copying twice costs less than memory.
  private static final int SPARE_PART = 8;
  // These bound the activations of a prefill or scoring call, and its logits or a step's.
  private static final int TOKENS_PER_CALL = 1024;
  private static final int LOGITS_PER_CALL = 1 << 22;

  private final Decoder decoder;
  private final int[] lengths;
  private final Scope scope = new Scope();
  private final Value prompts;
  private final Value own;
  // Prompt of each row; rows of a prompt stand next to each other, in the order of prompts.
  private int[] promptOfRow;
  private final boolean[] isForgotten;
  private int capacity = CAPACITY_BLOCK;
  // Own positions that all rows hold; the next step goes to the one after them.
  private int length;
  // Of the rows that step together: the rows of each prompt, and where their own caches begin.
  private Value counts;
  private Value origins;

  /** Logits of some rows of a step. */
  interface LogitsReader {
    /**
     * Reads logits.
     *
     * @param logits (rows, vocab), valid during the call
     * @param first row that they begin with
     * @param rows number of rows
     */
    void read(FloatBuffer logits, int first, int rows);
  }

  /**
   * Rows that begin with prompts.
   *
   * @param beginnings tokens of each prompt, which may be none
   * @param samples rows of each prompt, the first prompt's first
   */
  KvCache(Decoder decoder, int[][] beginnings, int samples) {
    this.decoder = decoder;
    this.lengths = Arrays.stream(beginnings).mapToInt(ids -> ids.length).toArray();
    this.isForgotten = new boolean[beginnings.length];
    this.promptOfRow =
        IntStream.range(0, beginnings.length * samples).map(row -> row / samples).toArray();
    ModelConfig config = decoder.config();
    try (Scope inputs = new Scope()) {
      Value kvHeads = inputs.own(Value.of(config.kvHeads()));
      Value headDim = inputs.own(Value.of(config.headDim()));
      this.prompts =
          scope.own(
              decoder.run(
                  "allocate_prompts",
                  decoder.weights(),
                  inputs.own(Value.of(longs(lengths))),
                  kvHeads,
                  headDim));
      prefill(beginnings);
      this.own =
          scope.own(
              decoder.run(
                  "allocate_own",
                  decoder.weights(),
                  inputs.own(Value.of(promptOfRow.length)),
                  inputs.own(Value.of(capacity)),
                  kvHeads,
                  headDim));
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
    describeRows();
  }

  /** Packs prompts one behind the other; where a call is full, a prompt goes on in the next. */
  private void prefill(int[][] beginnings) {
    int prompt = 0;
    int start = 0;
    while (prompt < beginnings.length) {
      int first = prompt;
      long[] ids = new long[TOKENS_PER_CALL];
      long[] positions = new long[TOKENS_PER_CALL];
      long[] pieces = new long[beginnings.length - first];
      int tokens = 0;
      while (prompt < beginnings.length && tokens < TOKENS_PER_CALL) {
        int count = Math.min(TOKENS_PER_CALL - tokens, lengths[prompt] - start);
        for (int i = 0; i < count; i++) {
          ids[tokens] = beginnings[prompt][start];
          positions[tokens] = start;
          tokens++;
          start++;
        }
        pieces[prompt - first] = count;
        if (start == lengths[prompt]) {
          prompt++;
          start = 0;
        }
      }
      if (tokens > 0) {
        prefill(Arrays.copyOf(ids, tokens), Arrays.copyOf(positions, tokens), pieces, first);
      }
    }
  }

  private void prefill(long[] ids, long[] positions, long[] pieces, int first) {
    try (Scope inputs = new Scope()) {
      decoder
          .run(
              "prefill",
              inputs.own(Value.of(inputs.own(decoder.embed(ids)))),
              inputs.tensor(decoder.device(), positions, positions.length),
              inputs.own(Value.of(pieces)),
              inputs.own(Value.of(first)),
              inputs.own(Value.of(lengths.length)),
              decoder.weights(),
              prompts)
          .close();
    }
  }

  /** Tells the program about the rows that step, after these have changed. */
  private void describeRows() {
    closeDescription();
    counts = Value.of(countsOf(0, promptOfRow.length));
    origins = originsOf(0, promptOfRow.length);
  }

  private long[] countsOf(int first, int rows) {
    long[] found = new long[lengths.length];
    for (int row = first; row < first + rows; row++) {
      found[promptOfRow[row]]++;
    }
    return found;
  }

  private Value originsOf(int first, int rows) {
    long[] found = new long[rows];
    for (int row = 0; row < rows; row++) {
      found[row] = lengths[promptOfRow[first + row]];
    }
    try (Tensor here = Tensor.of(found, rows);
        Tensor there = here.on(decoder.device())) {
      return Value.of(there);
    }
  }

  /** Number of rows. */
  int rows() {
    return promptOfRow.length;
  }

  /**
   * Appends one token to each row.
   *
   * @param ids the token of each row
   * @param reader told the logits of what follows, in as many calls as memory asks for
   */
  void step(int[] ids, LogitsReader reader) {
    reserve(length + 1);
    try (Scope step = new Scope()) {
      Value output =
          step.own(
              decoder.run(
                  "step",
                  step.own(Value.of(step.own(decoder.embed(longs(ids))))),
                  origins,
                  step.own(Value.of(length)),
                  counts,
                  decoder.weights(),
                  prompts,
                  own));
      length++;
      int most = Math.max(1, LOGITS_PER_CALL / decoder.config().vocab());
      for (int first = 0; first < ids.length; first += most) {
        int rows = Math.min(most, ids.length - first);
        try (Scope part = new Scope()) {
          Value logits =
              part.own(
                  decoder.run(
                      "head",
                      output,
                      part.own(Value.of(first)),
                      part.own(Value.of(rows)),
                      decoder.weights()));
          Tensor here = part.own(part.own(logits.tensor()).on(Device.CPU));
          reader.read(here.memory().asFloatBuffer(), first, rows);
        }
      }
    }
  }

  private static long[] longs(int[] numbers) {
    return Arrays.stream(numbers).asLongStream().toArray();
  }

  /** Makes room for own positions. */
  private void reserve(int positions) {
    if (positions > capacity) {
      int wanted = positions + positions / SPARE_PART;
      capacity = (wanted + CAPACITY_BLOCK - 1) / CAPACITY_BLOCK * CAPACITY_BLOCK;
      try (Scope inputs = new Scope()) {
        decoder
            .run(
                "grow",
                own,
                inputs.own(Value.of(promptOfRow.length)),
                inputs.own(Value.of(length)),
                inputs.own(Value.of(capacity)))
            .close();
      }
    }
  }

  /**
   * Puts rows in another order.
   *
   * @param order row r becomes today's row {@code order[r]}; rows of a prompt must stay next to
   *     each other, prompts in order, within the rows that a later call names
   */
  void arrange(int[] order) {
    int[] moved = IntStream.range(0, order.length).filter(row -> order[row] != row).toArray();
    if (moved.length > 0) {
      int[] sources = Arrays.stream(moved).map(row -> order[row]).toArray();
      try (Scope inputs = new Scope()) {
        decoder
            .run(
                "permute",
                own,
                inputs.tensor(decoder.device(), longs(sources), sources.length),
                inputs.tensor(decoder.device(), longs(moved), moved.length),
                inputs.own(Value.of(length)))
            .close();
      }
      promptOfRow = Arrays.stream(order).map(row -> promptOfRow[row]).toArray();
      describeRows();
    }
  }

  /** Drops all but the first rows, and prompts that have none left. */
  void keep(int rows) {
    promptOfRow = Arrays.copyOf(promptOfRow, rows);
    long[] left = countsOf(0, rows);
    try (Scope inputs = new Scope()) {
      Value count = inputs.own(Value.of(left.length));
      for (int prompt = 0; prompt < left.length; prompt++) {
        if (left[prompt] == 0 && !isForgotten[prompt]) {
          isForgotten[prompt] = true;
          decoder.run("forget", prompts, inputs.own(Value.of(prompt)), count).close();
        }
      }
    }
    describeRows();
  }

  /**
   * Scores a continuation of each of the rows {@code first}, {@code first + 1}, and so on.
   *
   * @param first number of the first row
   * @param last token before each continuation
   * @param starts own position where that token stands; what the row holds from there on is
   *     overwritten
   * @param targets tokens of each continuation
   * @return log-probs of the tokens of each continuation, at temperature 1
   */
  float[][] score(int first, int[] last, int[] starts, int[][] targets) {
    int rows = targets.length;
    int longest = Arrays.stream(targets).mapToInt(target -> target.length).max().orElseThrow();
    int until = Arrays.stream(starts).max().orElseThrow() + longest;
    reserve(until);
    float[][] logprobs = new float[rows][];
    for (int row = 0; row < rows; row++) {
      logprobs[row] = new float[targets[row].length];
    }
    int most = Math.max(1, TOKENS_PER_CALL / rows);
    for (int start = 0; start < longest; start += most) {
      int width = Math.min(most, longest - start);
      float[] found = scorePart(first, last, starts, targets, start, width);
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
      int first, int[] last, int[] starts, int[][] targets, int start, int width) {
    int rows = targets.length;
    long[] ids = new long[rows * width];
    long[] wanted = new long[rows * width];
    long[] places = new long[rows];
    for (int row = 0; row < rows; row++) {
      places[row] = (long) starts[row] + start;
      copy(targets[row], start, wanted, row * width, width);
      if (start == 0) {
        ids[row * width] = last[row];
        copy(targets[row], 0, ids, row * width + 1, width - 1);
      } else {
        copy(targets[row], start - 1, ids, row * width, width);
      }
    }
    long until = Arrays.stream(places).max().orElseThrow() + width;
    int chunk = Math.max(1, LOGITS_PER_CALL / decoder.config().vocab());
    try (Scope inputs = new Scope()) {
      Value result =
          inputs.own(
              decoder.run(
                  "logprobs",
                  inputs.own(Value.of(inputs.own(decoder.embed(ids)))),
                  inputs.own(originsOf(first, rows)),
                  inputs.tensor(decoder.device(), places, rows),
                  inputs.own(Value.of(first)),
                  inputs.own(Value.of(until)),
                  inputs.own(Value.of(countsOf(first, rows))),
                  inputs.tensor(decoder.device(), wanted, wanted.length),
                  inputs.own(Value.of(chunk)),
                  decoder.weights(),
                  prompts,
                  own));
      return inputs.own(result.tensor()).floats();
    }
  }

  private static void copy(int[] source, int from, long[] target, int to, int most) {
    for (int i = 0; i < Math.min(most, source.length - from); i++) {
      target[to + i] = source[from + i];
    }
  }

  private void closeDescription() {
    if (counts != null) {
      counts.close();
      origins.close();
    }
  }

  @Override
  public void close() {
    closeDescription();
    scope.close();
  }
}
