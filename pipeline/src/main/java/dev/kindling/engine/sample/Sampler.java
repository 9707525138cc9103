package dev.kindling.engine.sample;

import dev.kindling.check.Check;
import dev.kindling.engine.model.CounterRandom;
import dev.kindling.engine.model.ModelConfig;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
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
   */
  public List<Sample> sample(
      List<PromptInput> prompts, long runSeed, long step, IntConsumer finished) {
    requireValid(prompts);
    if (prompts.isEmpty()) {
      return List.of();
    }
    int[] longestFirst =
        IntStream.range(0, prompts.size())
            .boxed()
            .sorted(Comparator.comparing(i -> -prompts.get(i).promptIds().length))
            .mapToInt(Integer::intValue)
            .toArray();
    // The last token of a prompt is left to the first step.
    int[][] beginnings =
        Arrays.stream(longestFirst)
            .mapToObj(i -> prompts.get(i).promptIds())
            .map(ids -> Arrays.copyOf(ids, ids.length - 1))
            .toArray(int[][]::new);
    int[] sources =
        IntStream.range(0, prompts.size() * settings.samples())
            .map(row -> row / settings.samples())
            .toArray();
    Rollout[] rollouts = new Rollout[sources.length];
    for (int row = 0; row < rollouts.length; row++) {
      int place = longestFirst[sources[row]];
      int sample = row % settings.samples();
      PromptInput prompt = prompts.get(place);
      rollouts[row] =
          new Rollout(
              prompt,
              sample,
              place * settings.samples() + sample,
              settings,
              stream(runSeed, step, prompt.exampleId(), sample),
              decoder.config().maxPositions());
    }
    try (KvCache cache = new KvCache(decoder, beginnings.length, beginnings[0].length)) {
      cache.prefill(beginnings);
      cache.rebuild(sources, beginnings[0].length + 1);
      return drain(cache, rollouts, finished);
    }
  }

  /** The random numbers of one rollout; the key is mixed from all four arguments. */
  static CounterRandom stream(long runSeed, long step, String exampleId, int sample) {
    return CounterRandom.of(runSeed, exampleId).split(step).split(sample);
  }

  /** Steps until every rollout has finished; row r of the cache is that of {@code rollouts[r]}. */
  private List<Sample> drain(KvCache cache, Rollout[] rollouts, IntConsumer finished) {
    TokenSampler sampler = new TokenSampler(settings, decoder.config().vocab());
    Sample[] samples = new Sample[rollouts.length];
    int rows = rollouts.length;
    while (rows > 0) {
      int live = step(cache, rollouts, rows, sampler);
      if ((rows - live) * RETIRED_PART >= rows) {
        bringLiveToFront(cache, rollouts, rows);
        score(cache, rollouts, live, rows, samples);
        rows = live;
        finished.accept(rollouts.length - rows);
      }
    }
    return List.of(samples);
  }

  /** One more token for each of the first rows that has not finished; how many still have not. */
  private static int step(KvCache cache, Rollout[] rollouts, int rows, TokenSampler sampler) {
    int[] pending = Arrays.stream(rollouts, 0, rows).mapToInt(Rollout::pending).toArray();
    int[] positions = Arrays.stream(rollouts, 0, rows).mapToInt(Rollout::position).toArray();
    FloatBuffer logits = cache.step(pending, positions);
    int vocab = logits.limit() / rows;
    int live = 0;
    for (int row = 0; row < rows; row++) {
      if (!rollouts[row].isFinished()) {
        rollouts[row].advance(sampler, logits, row * vocab);
        live += rollouts[row].isFinished() ? 0 : 1;
      }
    }
    return live;
  }

  private static void bringLiveToFront(KvCache cache, Rollout[] rollouts, int rows) {
    int[] sources = new int[rows];
    int[] targets = new int[rows];
    int moved = 0;
    int front = 0;
    int back = rows - 1;
    while (true) {
      while (front < back && !rollouts[front].isFinished()) {
        front++;
      }
      while (front < back && rollouts[back].isFinished()) {
        back--;
      }
      if (front >= back) {
        break;
      }
      Rollout finished = rollouts[front];
      rollouts[front] = rollouts[back];
      rollouts[back] = finished;
      sources[moved] = targets[moved + 1] = back;
      sources[moved + 1] = targets[moved] = front;
      moved += 2;
    }
    if (moved > 0) {
      cache.permute(Arrays.copyOf(sources, moved), Arrays.copyOf(targets, moved));
    }
  }

  /** Scores the gold answers of the finished rows {@code from} to {@code until - 1}. */
  private static void score(
      KvCache cache, Rollout[] rollouts, int from, int until, Sample[] samples) {
    Rollout[] done = Arrays.copyOfRange(rollouts, from, until);
    float[][] logprobs =
        cache.score(
            from,
            Arrays.stream(done).mapToInt(Rollout::lastBeforeAnswer).toArray(),
            Arrays.stream(done).mapToInt(Rollout::positionBeforeAnswer).toArray(),
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
