package dev.kindling.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.engine.model.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rollouts of a random two-layer model. */
class SamplerTest {
  private static final int EOS = 1;
  private static final int END_OF_THINKING = 2;
  private static final ModelConfig CONFIG =
      new ModelConfig(11, 24, 2, 4, 2, 6, 40, 48, 10000, RopeScaling.NONE, 1e-6, true, false, true);
  private static final List<PromptInput> PROMPTS =
      List.of(
          new PromptInput("short", new int[] {5}, new int[] {7, EOS}),
          new PromptInput(
              "long", new int[] {3, 4, 5, 6, 7, 8, 9, 10, 3, 4, 5}, new int[] {8, 9, 8}),
          new PromptInput("middle", new int[] {9, 9, 4, 6}, new int[] {10}));

  private static Weights weights;
  private static Decoder decoder;
  private static PlainDecoder plain;

  @BeforeAll
  static void load() {
    weights = PlainDecoder.weights(CONFIG, 21);
    decoder = Decoder.of(weights, Precision.FLOAT32);
    plain = new PlainDecoder(weights);
  }

  @AfterAll
  static void unload() {
    decoder.close();
    weights.close();
  }

  private static SamplerSettings settings(double temperature, int samples, int think, int answer) {
    return new SamplerSettings(
        temperature, 0, 1, 0, samples, think, answer, END_OF_THINKING, new int[] {EOS});
  }

  private static List<Sample> sample(SamplerSettings settings, List<PromptInput> prompts) {
    return new Sampler(decoder, settings).sample(prompts, 77, 3, count -> {});
  }

  private static int[] join(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  private static double[] tail(double[] values, int count) {
    return Arrays.copyOfRange(values, values.length - count, values.length);
  }

  private static void assertClose(float[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i]).as("log-prob %d", i).isCloseTo(expected[i], within(tolerance));
    }
  }

  @Test
  void anInterruptedTaskEndsAtItsNextToken() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> sample(settings(1, 4, 6, 5), PROMPTS))
        .isInstanceOf(CancellationException.class)
        .hasMessage("The task was interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void rolloutsComeByPromptThenSample() {
    List<Sample> samples = sample(settings(1, 4, 6, 5), PROMPTS);
    assertThat(samples)
        .extracting(s -> s.exampleId() + s.sample())
        .containsExactly(
            "short0", "short1", "short2", "short3", "long0", "long1", "long2", "long3", "middle0",
            "middle1", "middle2", "middle3");
  }

  @Test
  void logprobsAreThoseOfTheWholeSequence() {
    for (Sample sample : sample(settings(1, 16, 6, 5), PROMPTS)) {
      int[] prompt = prompt(sample).promptIds();
      double[] whole = plain.logprobs(join(prompt, sample.rationaleIds(), sample.answerIds()));
      double[] sampled = tail(whole, whole.length - prompt.length + 1);
      int thought = sample.rationaleIds().length;
      assertClose(sample.rationaleLogprobs(), Arrays.copyOf(sampled, thought), 2e-5);
      assertClose(sample.answerLogprobs(), tail(sampled, sample.answerIds().length), 2e-5);
      assertThat(sample.answerSamplingLogprobs()).containsExactly(sample.answerLogprobs());
    }
  }

  @Test
  void logWIsTheTeacherForcedLikelihoodOfTheGoldAnswerAfterTheRationale() {
    for (Sample sample : sample(settings(1, 16, 6, 5), PROMPTS)) {
      PromptInput prompt = prompt(sample);
      double[] gold =
          tail(
              plain.logprobs(join(prompt.promptIds(), sample.rationaleIds(), prompt.goldIds())),
              prompt.goldIds().length);
      assertClose(sample.goldLogprobs(), gold, 2e-5);
      assertThat(sample.logW()).isCloseTo(Arrays.stream(gold).sum(), within(1e-4));
    }
  }

  @Test
  void withoutThinkingTheGoldAnswerIsScoredRightAfterThePrompt() {
    for (Sample sample : sample(settings(1, 3, 0, 5), PROMPTS)) {
      PromptInput prompt = prompt(sample);
      double[] gold = plain.logprobs(join(prompt.promptIds(), prompt.goldIds()));
      assertThat(sample.rationaleIds()).isEmpty();
      assertThat(sample.forcedEndOfThinking()).isFalse();
      assertClose(sample.goldLogprobs(), tail(gold, prompt.goldIds().length), 2e-5);
    }
  }

  @Test
  void aRationaleEndsWithTheEndOfThinkingWhichIsForcedWhenTheBudgetIsSpent() {
    List<Sample> samples = sample(settings(1, 64, 6, 5), PROMPTS);
    for (Sample sample : samples) {
      int[] ids = sample.rationaleIds();
      int last = ids.length - 1;
      assertThat(ids[last]).isEqualTo(END_OF_THINKING);
      assertThat(Arrays.copyOf(ids, last)).doesNotContain(END_OF_THINKING, EOS);
      assertThat(ids.length).isBetween(1, 7);
      assertThat(sample.forcedEndOfThinking() || ids.length <= 6).isTrue();
      assertThat(sample.rationaleLogprobs()[last]).isNegative();
      assertThat(sample.rationaleSamplingLogprobs()[last])
          .isEqualTo(sample.forcedEndOfThinking() ? 0f : sample.rationaleLogprobs()[last]);
    }
    assertThat(samples).anyMatch(Sample::forcedEndOfThinking);
    assertThat(samples).anyMatch(sample -> !sample.forcedEndOfThinking());
  }

  @Test
  void anAnswerStopsAtTheEndOfSequenceOrAtTheBudget() {
    List<Sample> samples = sample(settings(1, 64, 2, 5), PROMPTS);
    for (Sample sample : samples) {
      int[] ids = sample.answerIds();
      boolean stopped = ids[ids.length - 1] == EOS;
      assertThat(Arrays.copyOf(ids, ids.length - 1)).doesNotContain(EOS);
      assertThat(sample.finishReason())
          .isEqualTo(stopped ? FinishReason.STOP : FinishReason.BUDGET);
      assertThat(stopped || ids.length == 5).isTrue();
    }
    assertThat(samples)
        .extracting(Sample::finishReason)
        .contains(FinishReason.STOP, FinishReason.BUDGET);
  }

  @Test
  void anAnswerStopsAtAnyOfSeveralTokensAndARationaleHoldsNone() {
    SamplerSettings two =
        new SamplerSettings(1, 0, 1, 0, 64, 4, 5, END_OF_THINKING, new int[] {EOS, 3});
    List<Integer> last = new ArrayList<>();
    for (Sample sample : sample(two, PROMPTS)) {
      int[] ids = sample.answerIds();
      assertThat(sample.rationaleIds()).doesNotContain(EOS, 3);
      assertThat(Arrays.copyOf(ids, ids.length - 1)).doesNotContain(EOS, 3);
      if (sample.finishReason() == FinishReason.STOP) {
        last.add(ids[ids.length - 1]);
      }
    }
    assertThat(last).contains(EOS, 3).containsOnly(EOS, 3);
  }

  @Test
  void withoutThinkingNoEndOfThinkingIsNeeded() {
    int none = SamplerSettings.NO_TOKEN;
    SamplerSettings settings = new SamplerSettings(1, 0, 1, 0, 4, 0, 5, none, new int[] {EOS});
    assertThat(sample(settings, PROMPTS)).allMatch(sample -> sample.rationaleIds().length == 0);
    assertThatThrownBy(() -> new SamplerSettings(1, 0, 1, 0, 4, 1, 5, none, new int[] {2, none}))
        .hasMessage(
            """
            Invalid end-of-thinking token: -1 (must be >= 0 to sample a rationale)
            Invalid end-of-sequence tokens: [2, -1] (must each be >= 0 and not the end-of-thinking token)""");
  }

  @Test
  void aFullContextEndsTheAnswerAndLeavesRoomForTheGoldAnswer() {
    int[] prompt = new int[44];
    Arrays.fill(prompt, 6);
    PromptInput input = new PromptInput("full", prompt, new int[] {7, 8});
    // 44 + 2 sampled or forced + 2 of the gold answer = 48 positions
    List<Sample> samples = sample(settings(1, 64, 40, 40), List.of(input));
    assertThat(samples).allMatch(s -> s.rationaleIds().length <= 2);
    assertThat(samples)
        .filteredOn(s -> s.finishReason() == FinishReason.LENGTH)
        .isNotEmpty()
        .allMatch(s -> s.rationaleIds().length + s.answerIds().length == 4);
  }

  @Test
  void theSameCallGivesTheSameBytesAndWhoSharesTheTaskDoesNotMatter() {
    SamplerSettings settings = settings(1, 8, 6, 5);
    List<Sample> together = sample(settings, PROMPTS);
    List<Sample> alone = new ArrayList<>();
    PROMPTS.forEach(prompt -> alone.addAll(sample(settings, List.of(prompt))));
    assertThat(together)
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(sample(settings, PROMPTS));
    for (int i = 0; i < alone.size(); i++) {
      assertThat(alone.get(i).rationaleIds()).isEqualTo(together.get(i).rationaleIds());
      assertThat(alone.get(i).answerIds()).isEqualTo(together.get(i).answerIds());
      assertThat(alone.get(i).logW()).isCloseTo(together.get(i).logW(), within(2e-5));
      assertThat(alone.get(i).seed()).isEqualTo(together.get(i).seed());
    }
  }

  @Test
  void greedySamplingTakesTheLikeliestTokenOfThePlainDecoder() {
    for (Sample sample : sample(settings(0, 1, 0, 8), PROMPTS)) {
      int[] sequence = prompt(sample).promptIds();
      for (int id : sample.answerIds()) {
        double[] next = plain.next(sequence);
        int likeliest = IntStream.range(0, 11).reduce(0, (a, b) -> next[b] > next[a] ? b : a);
        assertThat(id).isEqualTo(likeliest);
        sequence = join(sequence, new int[] {id});
      }
    }
  }

  @Test
  void firstTokensFollowTheDistributionOfThePolicy() {
    int n = 4000;
    PromptInput prompt = PROMPTS.get(2);
    int[] counts = new int[11];
    for (Sample sample : sample(settings(1, n, 0, 1), List.of(prompt))) {
      counts[sample.answerIds()[0]]++;
    }
    double[] next = plain.next(prompt.promptIds());
    for (int id = 0; id < 11; id++) {
      double p = Math.exp(next[id]);
      // five standard deviations
      assertThat((double) counts[id] / n).isCloseTo(p, within(5 * Math.sqrt(p / n)));
    }
  }

  @Test
  void threadsShareOneDecoder() throws Exception {
    SamplerSettings settings = settings(1, 16, 8, 8);
    List<Sample> expected = sample(settings, PROMPTS);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<List<Sample>>> runs = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        runs.add(threads.submit(() -> sample(settings, PROMPTS)));
      }
      for (Future<List<Sample>> run : runs) {
        assertThat(run.get()).usingRecursiveFieldByFieldElementComparator().isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void progressCountsUpToEveryRollout() {
    List<Integer> counts = new ArrayList<>();
    new Sampler(decoder, settings(1, 8, 6, 5)).sample(PROMPTS, 77, 3, counts::add);
    assertThat(counts).isSorted().doesNotHaveDuplicates().endsWith(24);
    // The batch drains: no single wave takes all 24 rows.
    assertThat(counts.size()).isGreaterThan(2);
  }

  @Test
  void nativeMemoryStaysFlatOverAHundredCalls() throws Exception {
    SamplerSettings settings = settings(1, 64, 12, 12);
    for (int i = 0; i < 30; i++) {
      sample(settings, PROMPTS);
    }
    long before = residentKib();
    for (int i = 0; i < 100; i++) {
      sample(settings, PROMPTS);
    }
    // One leaked cache is 2 layers * 2 * 192 rows * 32 * 12 floats = 1.1 MiB; the heap may move.
    assertThat(residentKib() - before).isLessThan(40 * 1024);
  }

  private static long residentKib() throws Exception {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyPromptThatDoesNotFitIsNamed() {
    List<PromptInput> prompts =
        List.of(
            new PromptInput("a", new int[46], new int[] {7, 8}),
            new PromptInput("b", new int[] {1}, new int[0]),
            new PromptInput("c", new int[0], new int[] {11}));
    assertThatThrownBy(() -> sample(settings(1, 2, 6, 5), prompts))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            """
            Invalid example a tokens of prompt, end of thinking and gold answer: 49 (must be <= model.max_positions = 48)
            Invalid example b gold answer tokens: 0 (must be >= 1)
            Invalid example c prompt tokens: 0 (must be >= 1)
            Invalid example c token id: 11 (must be < model.vocab = 11)""");
  }

  @Test
  void specialTokensBeyondTheVocabularyAreRefused() {
    SamplerSettings settings = new SamplerSettings(1, 0, 1, 0, 1, 1, 1, 11, new int[] {1, 12});
    assertThatThrownBy(() -> new Sampler(decoder, settings))
        .hasMessage(
            "Invalid end-of-thinking token: 11 (must be < model.vocab = 11)\n"
                + "Invalid end-of-sequence tokens: [1, 12] (must each be < model.vocab = 11)");
  }

  private static PromptInput prompt(Sample sample) {
    return PROMPTS.stream()
        .filter(prompt -> prompt.exampleId().equals(sample.exampleId()))
        .findFirst()
        .orElseThrow();
  }
}
