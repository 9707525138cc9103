package dev.kindling.engine.train;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Runs of segments of about one length, whose attention is computed together: each has as many
 * slots as the longest of its run. They are added in the order in which their tokens stand.
 */
final class Runs {
  /** The prompt of segments that share none. */
  static final Run NONE = new Run(null);

  // The prompt of prompts, so that no other segment stands in their runs.
  private static final Run PROMPTS = new Run(null);

  // So many scores of queries with keys stay in the processor's cache.
  private static final long MOST_SCORES = 1 << 20;
  // Of this many slots one may be empty: attention is a smaller part of the work than calls are.
  private static final int EMPTY_SHARE = 4;

  private final int heads;
  private final List<Run> runs = new ArrayList<>();

  /** No segments yet, of a model with so many query heads. */
  Runs(int heads) {
    this.heads = heads;
  }

  /** One run. */
  static final class Run {
    private final Run prompt;
    private final List<Integer> lengths = new ArrayList<>();
    private int longest;
    private int tokens;
    private int first;

    private Run(Run prompt) {
      this.prompt = prompt;
    }

    private int slots() {
      return lengths.size() * longest;
    }

    private boolean takes(int length, Run next, int heads) {
      long slots = (lengths.size() + 1L) * Math.max(longest, length);
      long keys = (long) prompt.longest + Math.max(longest, length);
      return prompt == next
          && slots * keys * heads <= MOST_SCORES
          && (slots - tokens - length) * EMPTY_SHARE <= slots;
    }

    private void add(int length) {
      lengths.add(length);
      longest = Math.max(longest, length);
      tokens += length;
    }

    private LongStream numbers() {
      return LongStream.of(first, lengths.size(), longest, prompt.first, prompt.longest);
    }

    private LongStream places() {
      return LongStream.range(0, lengths.size())
          .flatMap(
              segment ->
                  LongStream.range(0, lengths.get((int) segment))
                      .map(token -> first + segment * longest + token));
    }
  }

  /** Adds a segment that shares nothing and with which no other stands in one run: a prompt. */
  Run alone(int length) {
    Run run = new Run(PROMPTS);
    place(run);
    run.add(length);
    return run;
  }

  /** Adds a segment that attends to {@code prompt}, too; one without tokens is left out. */
  void add(int length, Run prompt) {
    Run last = runs.isEmpty() ? NONE : runs.get(runs.size() - 1);
    if (length == 0) {
      return;
    }
    if (last == NONE || !last.takes(length, prompt, heads)) {
      last = new Run(prompt);
      place(last);
    }
    last.add(length);
  }

  private void place(Run run) {
    if (!runs.isEmpty()) {
      Run last = runs.get(runs.size() - 1);
      run.first = last.first + last.slots();
    }
    runs.add(run);
  }

  /** Of each run its first slot, segments, slots of each, prompt's first slot and its length. */
  long[] numbers() {
    return runs.stream().flatMapToLong(Run::numbers).toArray();
  }

  /** The slot of each token. */
  long[] slots() {
    return runs.stream().flatMapToLong(Run::places).toArray();
  }
}
