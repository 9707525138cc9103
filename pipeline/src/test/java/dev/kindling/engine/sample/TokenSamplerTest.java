package dev.kindling.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.CounterRandom;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Drawing one token; the probabilities 1/2, 1/4, 1/8, 1/8 give sums that can be checked by hand.
 */
class TokenSamplerTest {
  private static final float LN_2 = (float) Math.log(2);
  // Token 2 is the likeliest with 1/2, then 0 with 1/4; 1 and 3 have 1/8 each.
  private static final float[] HALVES = {-2 * LN_2, -3 * LN_2, -LN_2, -3 * LN_2};

  private static TokenSampler sampler(double t, int topK, double topP, double minP, int vocab) {
    return new TokenSampler(
        new SamplerSettings(t, topK, topP, minP, 1, 1, 1, 2, new int[] {1}), vocab);
  }

  private static TokenSampler.Draw draw(TokenSampler sampler, float[] logits, double uniform) {
    return sampler.draw(FloatBuffer.wrap(logits), 0, uniform);
  }

  @Example
  void tokensTakeTheirShareOfTheUnitIntervalInTheOrderOfTheirIds() {
    TokenSampler sampler = sampler(1, 0, 1, 0, 4);
    double[] edges = {0, 0.24, 0.26, 0.37, 0.38, 0.87, 0.88, 0.9999999};
    assertThat(Arrays.stream(edges).mapToInt(u -> draw(sampler, HALVES, u).token()))
        .containsExactly(0, 0, 1, 1, 2, 2, 3, 3);
    TokenSampler.Draw draw = draw(sampler, HALVES, 0.1);
    assertThat(draw.logprob()).isEqualTo(-2 * LN_2, within(1e-6f));
    assertThat(draw.samplingLogprob()).isEqualTo(-2 * LN_2, within(1e-6f));
  }

  @Example
  void aLowTemperatureSharpensWhatIsDrawnButNotTheLogprob() {
    // At T = 1/2 the weights are squared: 1/4, 1/16, 1/64, 1/64 of 22/64.
    TokenSampler.Draw draw = draw(sampler(0.5, 0, 1, 0, 4), HALVES, 0.5);
    assertThat(draw.token()).isEqualTo(2);
    assertThat(draw.logprob()).isEqualTo(-LN_2, within(1e-6f));
    assertThat(draw.samplingLogprob()).isEqualTo((float) Math.log(16.0 / 22), within(1e-6f));
  }

  @Example
  void temperatureZeroTakesTheLikeliestTokenTiesToTheLowestId() {
    TokenSampler sampler = sampler(0, 0, 1, 0, 3);
    TokenSampler.Draw draw = draw(sampler, new float[] {1, 5, 5}, 0.999);
    assertThat(draw.token()).isEqualTo(1);
    assertThat(draw.samplingLogprob()).isZero();
    // 5 - ln(e + 2 e^5) + ... = -ln(2 + e^-4)
    assertThat(draw.logprob()).isEqualTo((float) -Math.log(2 + Math.exp(-4)), within(1e-6f));
  }

  @Example
  void topKKeepsExactlyKTiesToTheLowerId() {
    // Of the two tokens with 1/8 the lower id stays: 1/2 + 1/4 + 1/8 = 7/8.
    TokenSampler.Draw draw = draw(sampler(1, 3, 1, 0, 4), HALVES, 0.9999999);
    assertThat(draw.token()).isEqualTo(2);
    assertThat(draw.samplingLogprob()).isEqualTo((float) Math.log(4.0 / 7), within(1e-6f));
    assertThat(draw.logprob()).isEqualTo(-LN_2, within(1e-6f));
  }

  @Example
  void topPCountsOverWhatTopKKept() {
    // Top-2 leaves 2/3 and 1/3; 0.6 of it is reached by the likeliest alone, 0.7 by both.
    assertThat(draw(sampler(1, 2, 0.6, 0, 4), HALVES, 0.1).token()).isEqualTo(2);
    assertThat(draw(sampler(1, 2, 0.7, 0, 4), HALVES, 0.1).token()).isEqualTo(0);
  }

  @Example
  void minPKeepsTokensThatAreThatShareAsLikelyAsTheLikeliest() {
    // 1/8 is a quarter of 1/2.
    TokenSampler.Draw draw = draw(sampler(1, 0, 1, 0.26, 4), HALVES, 0.9999999);
    assertThat(draw.token()).isEqualTo(2);
    assertThat(draw.samplingLogprob()).isEqualTo((float) Math.log(2.0 / 3), within(1e-6f));
    assertThat(draw(sampler(1, 0, 1, 0.24, 4), HALVES, 0.9999999).token()).isEqualTo(3);
  }

  @Example
  void aForcedTokenHasItsLogprobAndWasCertain() {
    TokenSampler.Draw draw = sampler(0.5, 1, 1, 0, 4).force(FloatBuffer.wrap(HALVES), 0, 3);
    assertThat(draw.token()).isEqualTo(3);
    assertThat(draw.logprob()).isEqualTo(-3 * LN_2, within(1e-6f));
    assertThat(draw.samplingLogprob()).isZero();
  }

  @Example
  void aDivergedPolicyIsRefused() {
    TokenSampler sampler = sampler(1, 0, 1, 0, 2);
    assertThatThrownBy(() -> draw(sampler, new float[] {1, Float.NaN}, 0.5))
        .hasMessage("The largest logit is NaN (must be finite): the policy has diverged");
    assertThatThrownBy(() -> draw(sampler, new float[] {Float.POSITIVE_INFINITY, 0}, 0.5))
        .hasMessage("The largest logit is Infinity (must be finite): the policy has diverged");
  }

  @Example
  void settingsNameEveryBrokenRule() {
    assertThatThrownBy(() -> new SamplerSettings(-1, 0, 0, 0, 0, 0, 1, 1, new int[] {1}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            """
            Invalid sampler.temperature: -1.0 (must be in [0, 100])
            Invalid sampler.top_p: 0.0 (must be in (0, 1], 1 for all)
            Invalid sampler.samples: 0 (must be >= 1)
            Invalid end-of-sequence tokens: [1] (must each be >= 0 and not the end-of-thinking token)""");
  }

  @Example
  void frequenciesAreTheProbabilities() {
    TokenSampler sampler = sampler(1, 0, 1, 0, 4);
    CounterRandom random = CounterRandom.of(4, "frequencies");
    int[] counts = new int[4];
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      counts[draw(sampler, HALVES, random.uniform(i)).token()]++;
    }
    // One standard deviation of a share is at most 0.0016.
    double[] shares = Arrays.stream(counts).mapToDouble(count -> (double) count / n).toArray();
    assertThat(shares).containsExactly(new double[] {0.25, 0.125, 0.5, 0.125}, within(0.006));
  }

  @Property
  void whatIsKeptIsTheSetThatTheFiltersDefine(
      @ForAll @Size(min = 2, max = 200) List<@IntRange(min = -40, max = 0) Integer> quarters,
      @ForAll @IntRange(max = 12) int topK,
      @ForAll @DoubleRange(min = 0.05, max = 1) double topP,
      @ForAll @DoubleRange(max = 0.5) double minP,
      @ForAll @DoubleRange(min = 0.3, max = 3) double temperature) {
    float[] logits = new float[quarters.size()]; // of few values, so that there are ties
    for (int i = 0; i < logits.length; i++) {
      logits[i] = quarters.get(i) / 4f;
    }
    BitSet kept = definition(logits, topK, topP, minP, temperature);
    TokenSampler sampler = sampler(temperature, topK, topP, minP, logits.length);
    double total = kept.stream().mapToDouble(i -> Math.exp(logits[i] / temperature)).sum();
    double below = 0;
    for (int token : kept.stream().toArray()) {
      double p = Math.exp(logits[token] / temperature) / total;
      TokenSampler.Draw draw = draw(sampler, logits, below + p / 2);
      assertThat(draw.token()).isEqualTo(token);
      assertThat((double) draw.samplingLogprob()).isCloseTo(Math.log(p), within(1e-5));
      below += p;
    }
  }

  /** The kept tokens by sorting everything and dropping step by step. */
  private static BitSet definition(
      float[] logits, int topK, double topP, double minP, double temperature) {
    int[] ranked =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparing(i -> -logits[i]))
            .limit(topK == 0 ? logits.length : topK)
            .mapToInt(Integer::intValue)
            .toArray();
    double[] weights =
        Arrays.stream(ranked)
            .mapToDouble(i -> Math.exp((logits[i] - logits[ranked[0]]) / temperature))
            .toArray();
    double mass = Arrays.stream(weights).sum();
    BitSet kept = new BitSet();
    double sum = 0;
    for (int place = 0; place < ranked.length && sum < topP * mass; place++) {
      if (weights[place] >= minP) {
        kept.set(ranked[place]);
      }
      sum += weights[place];
    }
    return kept;
  }

  @Property
  void exponentialsAreThoseOfTheLibrary(@ForAll @DoubleRange(min = -40, max = 0) double number) {
    double[] numbers = {number, 0, -800, Double.NEGATIVE_INFINITY};
    TokenSampler.exponentiate(numbers);
    assertThat(numbers[0] / Math.exp(number)).isCloseTo(1, within(1e-10));
    assertThat(Arrays.copyOfRange(numbers, 1, 4)).containsExactly(1, 0, 0);
  }

  @Example
  void aDrawCrossesBlocksOfTokensAndNeverTakesOneThatIsImpossible() {
    float[] logits = new float[1000];
    Arrays.fill(logits, Float.NEGATIVE_INFINITY);
    logits[3] = logits[300] = logits[700] = 0;
    TokenSampler sampler = sampler(1, 0, 1, 0, 1000);
    double[] edges = {0, 0.333, 0.334, 0.666, 0.667, 1};
    assertThat(Arrays.stream(edges).mapToInt(u -> draw(sampler, logits, u).token()))
        .containsExactly(3, 3, 300, 300, 700, 700);
  }

  @Property
  void probabilitiesSumToOne(
      @ForAll @Size(min = 2, max = 50) List<@FloatRange(min = -30, max = 90) Float> drawn) {
    float[] logits = new float[drawn.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = drawn.get(i);
    }
    TokenSampler sampler = sampler(1, 0, 1, 0, logits.length);
    double sum =
        IntStream.range(0, logits.length)
            .mapToDouble(i -> Math.exp(sampler.force(FloatBuffer.wrap(logits), 0, i).logprob()))
            .sum();
    assertThat(sum).isCloseTo(1, within(1e-5));
  }

  @Property
  void streamsOfDifferentRolloutsHaveNothingInCommon(
      @ForAll long seed, @ForAll @IntRange(max = 1000) int step) {
    CounterRandom one = Sampler.stream(seed, step, "a", 0);
    assertThat(one.key()).isEqualTo(Sampler.stream(seed, step, "a", 0).key());
    CounterRandom[] others = {
      Sampler.stream(seed, step, "a", 1),
      Sampler.stream(seed, step + 1L, "a", 0),
      Sampler.stream(seed + 1, step, "a", 0),
      Sampler.stream(seed, step, "b", 0)
    };
    int n = 2000;
    double mean = IntStream.range(0, n).mapToDouble(one::uniform).average().orElseThrow();
    // Five standard deviations of a mean of n numbers: 5 / sqrt(12 n).
    assertThat(mean).isCloseTo(0.5, within(0.0323));
    for (CounterRandom other : others) {
      double correlation =
          IntStream.range(0, n)
              .mapToDouble(i -> 12 * (one.uniform(i) - 0.5) * (other.uniform(i) - 0.5))
              .average()
              .orElseThrow();
      assertThat(correlation).isCloseTo(0, within(5 / Math.sqrt(n)));
    }
  }
}
