package dev.kindling.engine.sample;

import dev.kindling.check.Check;
import dev.kindling.engine.model.Cancelled;
import dev.kindling.engine.model.CounterRandom;
import dev.kindling.engine.model.ModelConfig;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Samples rationales and answers for the prompts of one task, all in one batch, and scores the gold
 * answer after each rationale.
 *
 * <p>A rationale z ends when the end-of-thinking token is sampled. That token is forced when the
 * budget is spent, when the context has room left for it and y* only, or in place of an
 * end-of-sequence token. Then the answer ŷ is sampled up to the end of the sequence. When a rollout
 * has finished, its row goes back to the end of z, where the cache scores y* in one forward pass:
 * rollouts that finish about the same time are scored together.
 *
 * <p>What a rollout draws depends on its random stream and the policy alone; which prompts share
 * the task changes log-probs by rounding at most. The same call gives the same bytes.
 */
public final class Sampler {
  // Finished rows are decoded along until they make up this part of the batch.
  private static final int RETIRED_PART = 4;

  private final Decoder decoder;
  private final SamplerSettings settings;

  /** A sampler of a policy; safe for use by several threads. */
  public Sampler(Decoder decoder, SamplerSettings settings) {
    int vocab = decoder.config().vocab();
    new Check()
        .that(
            settings.endOfThinkingId() < vocab,
            "end-of-thinking token",
            settings.endOfThinkingId(),
            "must be < model.vocab = " + vocab)
        .that(
            Arrays.stream(settings.endOfSequenceIds()).allMatch(id -> id < vocab),
            "end-of-sequence tokens",
            Arrays.toString(settings.endOfSequenceIds()),
            "must each be < model.vocab = " + vocab)
        .done();
    this.decoder = decoder;
    this.settings = settings;
  }

  /**
   * Samples {@code settings.samples()} rollouts of each prompt.
   *
   * @param prompts tokens and gold answers
   * @param runSeed seed of the run
   * @param step step of the run
   * @param finished told the number of finished rollouts whenever it has grown
   * @return the rollouts by prompt, then by sample
   * @throws dev.kindling.check.InvalidInputException naming each example whose prompt or gold
   *     answer is empty, holds a token that the model does not have, or does not fit the context
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public List<Sample> sample(
      List<PromptInput> prompts, long runSeed, long step, IntConsumer finished) {
    requireValid(prompts);
    if (prompts.isEmpty()) {
      return List.of();
    }
    GrowingRollout[] rollouts = new GrowingRollout[prompts.size() * settings.samples()];
    for (int row = 0; row < rollouts.length; row++) {
      PromptInput prompt = prompts.get(row / settings.samples());
      int sample = row % settings.samples();
      rollouts[row] =
          new GrowingRollout(
              prompt,
              sample,
              row,
              settings,
              stream(runSeed, step, prompt.exampleId(), sample),
              decoder.config().maxPositions());
    }
    // The last token of a prompt is left to the first step.
    int[][] beginnings =
        prompts.stream()
            .map(prompt -> Arrays.copyOf(prompt.promptIds(), prompt.promptIds().length - 1))
            .toArray(int[][]::new);
    try (KvCache cache = new KvCache(decoder, beginnings, settings.samples())) {
      return drain(cache, rollouts, finished);
    }
  }

  /** The random numbers of one rollout; the key is mixed from all four arguments. */
  static CounterRandom stream(long runSeed, long step, String exampleId, int sample) {
    return CounterRandom.of(runSeed, exampleId).split(step).split(sample);
  }

  /** Steps until every rollout has finished; row r of the cache is that of {@code rows[r]}. */
  private List<Sample> drain(KvCache cache, GrowingRollout[] rollouts, IntConsumer finished) {
    TokenSampler sampler = new TokenSampler(settings, decoder.config().vocab());
    Sample[] samples = new Sample[rollouts.length];
    GrowingRollout[] rows = rollouts;
    while (rows.length > 0) {
      Cancelled.check();
      step(cache, rows, sampler);
      int live = (int) Arrays.stream(rows).filter(rollout -> !rollout.isFinished()).count();
      if ((rows.length - live) * RETIRED_PART >= rows.length) {
        rows = bringLiveToFront(cache, rows);
        score(cache, rows, live, samples);
        rows = Arrays.copyOf(rows, live);
        cache.keep(live);
        finished.accept(rollouts.length - live);
      }
    }
    return List.of(samples);
  }

  /** One more token for each of the rows that has not finished. */
  private static void step(KvCache cache, GrowingRollout[] rows, TokenSampler sampler) {
    int[] pending = new int[rows.length];
    for (int row = 0; row < rows.length; row++) {
      pending[row] = rows[row].pending();
    }
    cache.step(
        pending,
        (logits, first, count) -> {
          int vocab = logits.limit() / count;
          for (int i = 0; i < count; i++) {
            if (!rows[first + i].isFinished()) {
              rows[first + i].advance(sampler, logits, i * vocab);
            }
          }
        });
  }

  /** Finished rows go behind the others; otherwise the order stays, and so do groups. */
  private static GrowingRollout[] bringLiveToFront(KvCache cache, GrowingRollout[] rows) {
    int[] order =
        IntStream.concat(
                IntStream.range(0, rows.length).filter(row -> !rows[row].isFinished()),
                IntStream.range(0, rows.length).filter(row -> rows[row].isFinished()))
            .toArray();
    cache.arrange(order);
    return Arrays.stream(order).mapToObj(row -> rows[row]).toArray(GrowingRollout[]::new);
  }

  /** Scores the gold answers of the finished rows, those from {@code first} on. */
  private static void score(KvCache cache, GrowingRollout[] rows, int first, Sample[] samples) {
    GrowingRollout[] done = Arrays.copyOfRange(rows, first, rows.length);
    float[][] logprobs =
        cache.score(
            first,
            Arrays.stream(done).mapToInt(GrowingRollout::lastBeforeAnswer).toArray(),
            Arrays.stream(done).mapToInt(GrowingRollout::ownPositionBeforeAnswer).toArray(),
            Arrays.stream(done).map(rollout -> rollout.prompt().goldIds()).toArray(int[][]::new));
    for (int i = 0; i < done.length; i++) {
      samples[done[i].place()] = done[i].toSample(logprobs[i]);
    }
  }

  private void requireValid(List<PromptInput> prompts) {
    ModelConfig config = decoder.config();
    int closing = settings.thinkingTokens() > 0 ? 1 : 0;
    Check check = new Check();
    for (PromptInput prompt : prompts) {
      String name = "example " + prompt.exampleId();
      int tokens = prompt.promptIds().length;
      int gold = prompt.goldIds().length;
      check
          .that(tokens >= 1, name + " prompt tokens", tokens, "must be >= 1")
          .that(gold >= 1, name + " gold answer tokens", gold, "must be >= 1")
          .that(
              (long) tokens + closing + gold <= config.maxPositions(),
              name + " tokens of prompt, end of thinking and gold answer",
              tokens + closing + gold,
              "must be <= model.max_positions = " + config.maxPositions());
      int largest =
          IntStream.concat(Arrays.stream(prompt.promptIds()), Arrays.stream(prompt.goldIds()))
              .max()
              .orElse(0);
      check.that(
          largest < config.vocab(),
          name + " token id",
          largest,
          "must be < model.vocab = " + config.vocab());
    }
    check.done();
  }
}
