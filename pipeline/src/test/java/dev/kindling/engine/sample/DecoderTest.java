package dev.kindling.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.engine.model.Weights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The decoding program against the decoder written out in plain loops. */
class DecoderTest {
  private static final ModelConfig QWEN3 = config(4, 2, true, false, true);

  private static ModelConfig config(
      int heads, int kvHeads, boolean qkNorm, boolean qkvBias, boolean tied) {
    return new ModelConfig(
        19, 24, 2, heads, kvHeads, 6, 40, 64, 10000, RopeScaling.NONE, 1e-6, qkNorm, qkvBias, tied);
  }

  static Stream<Arguments> architectures() {
    return Stream.of(
        Arguments.of("Qwen3", QWEN3),
        Arguments.of("Qwen2", config(4, 2, false, true, true)),
        Arguments.of("Llama", config(4, 1, false, false, false)),
        Arguments.of("all options, no grouping", config(3, 3, true, true, false)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("architectures")
  void logprobsAreThoseOfThePlainDecoder(String name, ModelConfig config) {
    int[] ids = tokens(1, 64);
    try (Weights weights = PlainDecoder.weights(config, 5);
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32)) {
      assertClose(decoder.logprobs(ids), new PlainDecoder(weights).logprobs(ids));
    }
  }

  @Test
  void rowsOfPromptsOfUnequalLengthGetTheLogitsOfTheirOwnSequence() {
    int[][] prompts = {tokens(2, 10), tokens(1, 39), {}};
    try (Weights weights = PlainDecoder.weights(QWEN3, 5);
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32);
        KvCache cache = new KvCache(decoder, prompts, 2)) {
      PlainDecoder plain = new PlainDecoder(weights);
      int[][] own = {{3, 4, 5, 6, 7, 8}, {9, 10, 11, 12, 13, 14}};
      for (int step = 0; step < 2; step++) {
        float[][] logprobs = step(cache, own[step]);
        for (int row = 0; row < 6; row++) {
          int[] sequence = append(prompts[row / 2], own[0][row]);
          if (step == 1) {
            sequence = append(sequence, own[1][row]);
          }
          assertClose(logprobs[row], plain.next(sequence));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.kindling.engine.model.ArithmeticTest#halves")
  void inBfloat16StepsGetTheLogitsOfTheirOwnSequenceRoughly(Arithmetic half) {
    int[][] prompts = {tokens(2, 10), tokens(1, 39)};
    int[][] sequences = prompts.clone();
    try (Weights weights = PlainDecoder.weights(QWEN3, 5);
        Decoder decoder = Decoder.of(weights, half);
        KvCache cache = new KvCache(decoder, prompts, 1)) {
      PlainDecoder plain = new PlainDecoder(weights);
      double gap = 0;
      // Past 16 own positions, up to a multiple of which products of this precision go.
      for (int step = 0; step < 20; step++) {
        int[] ids = {step % 19, (step * 5) % 19};
        Arrays.setAll(sequences, row -> append(sequences[row], ids[row]));
        float[][] logprobs = step(cache, ids);
        for (int row = 0; row < 2; row++) {
          double[] expected = plain.next(sequences[row]);
          for (int id = 0; id < 19; id++) {
            gap = Math.max(gap, Math.abs(logprobs[row][id] - expected[id]));
          }
        }
      }
      // A significand of 8 bits: not closer than 1e-3, as float32 is, nor far off.
      assertThat(gap).isBetween(1e-3, 0.1);
    }
  }

  @Test
  void aRowGoesBackToScoreWithoutATraceOfWhatItHeld() {
    int[] ids = tokens(1, 20);
    try (Weights weights = PlainDecoder.weights(QWEN3, 5);
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32);
        KvCache cache = new KvCache(decoder, new int[][] {tokens(1, 8)}, 1)) {
      step(cache, new int[] {ids[8]});
      for (int more = 0; more < 20; more++) {
        step(cache, new int[] {3});
      }
      int[][] rest = {Arrays.copyOfRange(ids, 10, 20)};
      float[][] scored = cache.score(0, new int[] {ids[9]}, new int[] {1}, rest);
      double[] whole = new PlainDecoder(weights).logprobs(ids);
      assertClose(scored[0], Arrays.copyOfRange(whole, 9, 19));
    }
  }

  @Test
  void rowsSurviveGrowthExchangeAndTheEndOfAPrompt() {
    int[][] prompts = {tokens(1, 5), tokens(2, 7)};
    try (Weights weights = PlainDecoder.weights(QWEN3, 5);
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32);
        KvCache cache = new KvCache(decoder, prompts, 2)) {
      PlainDecoder plain = new PlainDecoder(weights);
      int[][] sequences = {prompts[0], prompts[0], prompts[1], prompts[1]};
      // More steps than a cache begins with.
      for (int step = 0; step < 40; step++) {
        int[] ids = {step % 19, (step + 3) % 19, (step + 5) % 19, (step * 2) % 19};
        step(cache, ids);
        Arrays.setAll(sequences, row -> append(sequences[row], ids[row]));
      }
      cache.arrange(new int[] {1, 3, 2, 0});
      cache.keep(3);
      float[][] three = step(cache, new int[] {4, 5, 6});
      assertClose(three[0], plain.next(append(sequences[1], 4)));
      assertClose(three[1], plain.next(append(sequences[3], 5)));
      assertClose(three[2], plain.next(append(sequences[2], 6)));
      cache.arrange(new int[] {1, 2, 0});
      cache.keep(2);
      float[][] two = step(cache, new int[] {7, 8});
      assertClose(two[0], plain.next(append(append(sequences[3], 5), 7)));
      assertClose(two[1], plain.next(append(append(sequences[2], 6), 8)));
    }
  }

  @Test
  void longSequencesGoThroughInParts() {
    ModelConfig config =
        new ModelConfig(
            19, 8, 1, 2, 1, 4, 8, 2200, 10000, RopeScaling.NONE, 1e-6, true, false, true);
    int[][] prompts = {tokens(3, 700), tokens(1, 2100), {}, tokens(2, 1300)};
    try (Weights weights = PlainDecoder.weights(config, 5);
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32);
        KvCache cache = new KvCache(decoder, prompts, 1)) {
      PlainDecoder plain = new PlainDecoder(weights);
      int[] long2101 = tokens(1, 2101);
      assertClose(decoder.logprobs(long2101), plain.logprobs(long2101));
      float[][] logprobs = step(cache, new int[] {4, 5, 6, 7});
      for (int row = 0; row < 4; row++) {
        assertClose(logprobs[row], plain.next(append(prompts[row], 4 + row)));
      }
    }
  }

  @Test
  void logitsOfALargeVocabularyComeInParts() {
    // Two rows of logits exceed the bound of 2^22 in one call.
    ModelConfig config =
        new ModelConfig(
            2_100_000, 2, 1, 1, 1, 2, 2, 8, 10000, RopeScaling.NONE, 1e-6, true, false, true);
    try (Weights weights = Weights.random(config, 1, 1);
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32);
        KvCache cache = new KvCache(decoder, new int[][] {{}, {1}}, 1)) {
      List<int[]> calls = new ArrayList<>();
      float[] first = new float[2];
      cache.step(
          new int[] {7, 7},
          (logits, row, rows) -> {
            calls.add(new int[] {row, rows, logits.limit()});
            first[row] = logits.get(7);
          });
      assertThat(calls).containsExactly(new int[] {0, 1, 2_100_000}, new int[] {1, 1, 2_100_000});
      assertThat(first[0]).isNotEqualTo(first[1]);
    }
  }

  @Test
  void aSequenceLongerThanTheContextIsRefused() {
    try (Weights weights = Weights.allocate(QWEN3);
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32)) {
      assertThatThrownBy(() -> decoder.logprobs(tokens(1, 65)))
          .hasMessage("65 tokens are not in [1, 64]");
    }
  }

  @Test
  void aModelOfZerosFindsEveryTokenEquallyLikely() {
    try (Weights weights = Weights.allocate(QWEN3);
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32)) {
      assertThat(decoder.logprobs(new int[] {7, 8, 9}))
          .containsExactly(new float[] {-2.944439f, -2.944439f}, within(1e-6f)); // -ln 19
    }
  }

  private static int[] tokens(long seed, int count) {
    return new SplittableRandom(seed).ints(count, 0, 19).toArray();
  }

  private static int[] append(int[] ids, int id) {
    int[] longer = Arrays.copyOf(ids, ids.length + 1);
    longer[ids.length] = id;
    return longer;
  }

  /** Log-probs of what follows each row. */
  private static float[][] step(KvCache cache, int[] ids) {
    float[][] logprobs = new float[ids.length][];
    cache.step(
        ids,
        (logits, first, rows) -> {
          int vocab = logits.limit() / rows;
          for (int row = 0; row < rows; row++) {
            logprobs[first + row] = logSoftmax(logits, row * vocab, vocab);
          }
        });
    return logprobs;
  }

  private static float[] logSoftmax(FloatBuffer logits, int offset, int vocab) {
    double sum = 0;
    for (int i = 0; i < vocab; i++) {
      sum += Math.exp(logits.get(offset + i));
    }
    float[] logprobs = new float[vocab];
    for (int i = 0; i < vocab; i++) {
      logprobs[i] = (float) (logits.get(offset + i) - Math.log(sum));
    }
    return logprobs;
  }

  private static void assertClose(float[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i]).as("log-prob %d", i).isCloseTo(expected[i], within(1e-5));
    }
  }
}
