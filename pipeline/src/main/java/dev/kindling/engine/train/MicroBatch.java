package dev.kindling.engine.train;

import dev.kindling.check.Check;
import dev.kindling.engine.model.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sequences one behind the other without padding, and the places whose next token is trained on.
 * Sequences with equal prompts of one example share it: the prompt stands once, before their
 * completions, the shorter ones first. What follows the last trained token of a sequence is left
 * out: no gradient comes from there. Segments and runs are those of the training program.
 */
final class MicroBatch {
  private final List<Sequence> sequences;
  private final int[] pickRows;
  private final int[] pickTokens;
  private final long[] places;
  private final long[] ids;
  private final long[] positions;
  private final long[] runs;
  private final long[] slots;

  private MicroBatch(List<Sequence> sequences, Picks picks, Layout layout) {
    this.sequences = sequences;
    this.pickRows = picks.rows;
    this.pickTokens = picks.tokens;
    this.places = new long[pickRows.length];
    for (int pick = 0; pick < places.length; pick++) {
      places[pick] = layout.place(pickRows[pick], pickTokens[pick] - 1);
    }
    this.ids = layout.ids;
    this.positions = layout.positions;
    this.runs = layout.runs.numbers();
    this.slots = layout.runs.slots();
  }

  /**
   * Packs sequences.
   *
   * @param always whether tokens without a coefficient are trained on as well
   * @throws dev.kindling.check.InvalidInputException naming a sequence that is too long or has a
   *     token outside of the vocabulary
   */
  static MicroBatch of(List<Sequence> sequences, boolean always, ModelConfig config) {
    sequences.forEach(sequence -> check(sequence, config));
    Picks picks = Picks.of(sequences, always);
    Layout layout = Layout.of(sequences, picks.lengths, config.heads());
    return new MicroBatch(List.copyOf(sequences), picks, layout);
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

  /**
   * The trained tokens.
   *
   * @param rows of each pick, the index of its sequence
   * @param tokens of each pick, the index of the trained token in the sequence
   * @param lengths of each sequence, how many of its tokens are read to predict its last pick; 0
   *     without a pick
   */
  private record Picks(int[] rows, int[] tokens, int[] lengths) {
    static Picks of(List<Sequence> sequences, boolean always) {
      int[] rows = new int[sequences.stream().mapToInt(s -> s.tokenIds().length).sum()];
      int[] tokens = new int[rows.length];
      int[] lengths = new int[sequences.size()];
      int picks = 0;
      for (int row = 0; row < lengths.length; row++) {
        Sequence sequence = sequences.get(row);
        for (int t = sequence.promptLength(); t < sequence.tokenIds().length; t++) {
          if (sequence.isTrained(t, always)) {
            rows[picks] = row;
            tokens[picks++] = t;
            lengths[row] = t;
          }
        }
      }
      return new Picks(Arrays.copyOf(rows, picks), Arrays.copyOf(tokens, picks), lengths);
    }
  }

  /** Where each sequence's tokens stand. */
  private static final class Layout {
    private final long[] ids;
    private final long[] positions;
    private final Runs runs;
    // Of each sequence: place of its first token, number of tokens shared, place of the others.
    private final int[] firsts;
    private final int[] splits;
    private final int[] owns;
    private int end;

    private Layout(int rows, int capacity, int heads) {
      this.runs = new Runs(heads);
      this.ids = new long[capacity];
      this.positions = new long[capacity];
      this.firsts = new int[rows];
      this.owns = new int[rows];
      this.splits = new int[rows];
    }

    static Layout of(List<Sequence> sequences, int[] lengths, int heads) {
      Map<Prompt, List<Integer>> groups = new LinkedHashMap<>();
      int tokens = 0;
      for (int row = 0; row < lengths.length; row++) {
        if (lengths[row] > 0) {
          groups.computeIfAbsent(Prompt.of(sequences.get(row)), p -> new ArrayList<>()).add(row);
        }
      }
      for (Map.Entry<Prompt, List<Integer>> group : groups.entrySet()) {
        int repeated = group.getValue().size() - 1;
        tokens -= repeated * group.getKey().length();
        tokens += group.getValue().stream().mapToInt(row -> lengths[row]).sum();
      }
      Layout layout = new Layout(lengths.length, tokens, heads);
      groups.values().forEach(rows -> layout.add(sequences, rows, lengths));
      return layout;
    }

    private void add(List<Sequence> sequences, List<Integer> rows, int[] lengths) {
      int first = end;
      // A sequence alone is one segment: nobody else attends to its prompt.
      int split = rows.size() == 1 ? 0 : sequences.get(rows.get(0)).promptLength();
      append(sequences.get(rows.get(0)), 0, split);
      Runs.Run prompt = split == 0 ? Runs.NONE : runs.alone(split);
      rows.sort(Comparator.comparingInt(row -> lengths[row]));
      for (int row : rows) {
        firsts[row] = first;
        splits[row] = split;
        owns[row] = end;
        append(sequences.get(row), split, lengths[row]);
        runs.add(lengths[row] - split, prompt);
      }
    }

    /** Appends the tokens {@code from} to {@code to} of a sequence. */
    private void append(Sequence sequence, int from, int to) {
      for (int t = from; t < to; t++) {
        ids[end] = sequence.tokenIds()[t];
        positions[end++] = t;
      }
    }

    /** Place of token {@code t} of a sequence. */
    long place(int row, int t) {
      return t < splits[row] ? firsts[row] + t : owns[row] + t - splits[row];
    }
  }

  /** What sequences must have in common to share a prompt. */
  private record Prompt(String exampleId, List<Integer> tokens) {
    static Prompt of(Sequence sequence) {
      return new Prompt(
          sequence.exampleId(),
          Arrays.stream(sequence.tokenIds(), 0, sequence.promptLength()).boxed().toList());
    }

    int length() {
      return tokens.size();
    }
  }

  List<Sequence> sequences() {
    return sequences;
  }

  /** Number of tokens that are computed. */
  int tokens() {
    return ids.length;
  }

  /** One more than the largest position. */
  int positionsNeeded() {
    return (int) Arrays.stream(positions).max().orElse(-1) + 1;
  }

  /** Number of picks: trained tokens. */
  int picks() {
    return pickTokens.length;
  }

  /** Index in {@link #sequences} of the row of a pick. */
  int row(int pick) {
    return pickRows[pick];
  }

  /** The first pick behind those of the sequence that pick {@code first} belongs to. */
  int endOfSequence(int first) {
    int next = first;
    while (next < picks() && row(next) == row(first)) {
      next++;
    }
    return next;
  }

  /** Index in the sequence of the trained token of a pick. */
  int token(int pick) {
    return pickTokens[pick];
  }

  /** The computed tokens (tokens). */
  long[] ids() {
    return ids;
  }

  /** Of each computed token, its position in its sequence (tokens). */
  long[] positions() {
    return positions;
  }

  /** Of each run its first slot, segments, slots of each, prompt's first slot and its length. */
  long[] runs() {
    return runs;
  }

  /** The slot of each computed token (tokens). */
  long[] slots() {
    return slots;
  }

  /** Places that predict the trained tokens; those of a shared prompt's end repeat (picks). */
  long[] places() {
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
