package dev.kindling.bench;

import dev.kindling.engine.model.CounterRandom;
import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.ScoreRow;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Rows for the stages to work on: tokens drawn at random, the same on every machine. */
final class BenchData {
  // Some answers of a random policy hold one of these letters and some do not, so that rewards
  // differ.
  private static final List<String> GOLD = List.of("e", "t", "o");
  // The tokenizer's special tokens come first.
  private static final int FIRST_TOKEN = 4;

  private final Workload work;
  private final int prompts;

  /** The rows of so many tasks. */
  BenchData(Workload work, int tasks) {
    this.work = work;
    this.prompts = tasks * work.prompts();
  }

  /** Rows of 1-prompts. */
  List<PromptRow> prompts() {
    return IntStream.range(0, prompts).mapToObj(this::prompt).toList();
  }

  private PromptRow prompt(int position) {
    String id = id(position);
    return new PromptRow(
        id,
        "bench",
        "bench",
        position,
        "",
        tokens("prompt " + id, work.promptTokens()),
        "",
        GOLD,
        tokens("gold " + id, 1),
        "substring_match",
        "{}",
        "");
  }

  private static String id(int position) {
    return "p%06d".formatted(position);
  }

  private int[] tokens(String name, int count) {
    CounterRandom random = CounterRandom.of(1, name);
    int choices = work.model().config().vocab() - FIRST_TOKEN;
    return IntStream.range(0, count)
        .map(i -> FIRST_TOKEN + (int) (random.uniform(i) * choices))
        .toArray();
  }

  /** Rows of 2-rollouts that no policy sampled, for stages after the rollout. */
  List<RolloutRow> rollouts() {
    List<RolloutRow> rollouts = new ArrayList<>();
    float[] logprobs = new float[work.answerTokens()];
    for (int position = 0; position < prompts; position++) {
      for (int sample = 0; sample < work.samples(); sample++) {
        rollouts.add(
            new RolloutRow(
                id(position),
                sample,
                "",
                "",
                "",
                new int[0],
                tokens("answer " + position + " " + sample, work.answerTokens()),
                new float[0],
                logprobs,
                new float[0],
                logprobs,
                new float[1],
                0,
                "budget",
                false,
                0,
                0,
                0));
      }
    }
    return rollouts;
  }

  /** Rows of 3-scores: every other sample of a prompt is right, so that each has a gradient. */
  List<ScoreRow> scores() {
    List<ScoreRow> scores = new ArrayList<>();
    for (int position = 0; position < prompts; position++) {
      for (int sample = 0; sample < work.samples(); sample++) {
        boolean isRight = sample % 2 == 0;
        scores.add(
            new ScoreRow(
                id(position),
                sample,
                "",
                "",
                "",
                "",
                isRight ? "CORRECT" : "WRONG",
                isRight ? 1.0 : 0.0,
                0,
                work.answerTokens(),
                null,
                0));
      }
    }
    return scores;
  }
}
