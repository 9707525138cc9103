package dev.kindling.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Weights;
import java.nio.FloatBuffer;
import java.util.Arrays;
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
        19, 24, 2, heads, kvHeads, 6, 40, 64, 10000, 1e-6, qkNorm, qkvBias, tied);
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
        Decoder decoder = new Decoder(weights)) {
      assertClose(decoder.logprobs(ids), new PlainDecoder(weights).logprobs(ids));
    }
  }

  @Test
  void rowsAtDifferentPositionsGetTheLogitsOfTheirOwnSequence() {
    int[][] sequences = {tokens(1, 40), tokens(2, 11), tokens(3, 1)};
    try (Weights weights = PlainDecoder.weights(QWEN3, 5);
        Decoder decoder = new Decoder(weights);
        KvCache cache = new KvCache(decoder, 3, 39)) {
      PlainDecoder plain = new PlainDecoder(weights);
      cache.prefill(new int[][] {tokens(1, 39), tokens(2, 10), {}});
      int[] last = {sequences[0][39], sequences[1][10], sequences[2][0]};
      FloatBuffer logits = cache.step(last, new int[] {39, 10, 0});
      for (int row = 0; row < 3; row++) {
        assertClose(logSoftmax(logits, row * 19), plain.next(sequences[row]));
      }
    }
  }

  @Test
  void aRowGoesBackToScoreWithoutATraceOfWhatItHeld() {
    int[] ids = tokens(1, 20);
    try (Weights weights = PlainDecoder.weights(QWEN3, 5);
        Decoder decoder = new Decoder(weights);
        KvCache cache = new KvCache(decoder, 1, 8)) {
      cache.prefill(new int[][] {tokens(1, 8)});
      for (int position = 8; position < 30; position++) {
        cache.step(new int[] {3}, new int[] {position});
      }
      int[][] rest = {Arrays.copyOfRange(ids, 9, 20)};
      float[][] scored = cache.score(0, new int[] {ids[8]}, new int[] {8}, rest);
      double[] whole = new PlainDecoder(weights).logprobs(ids);
      assertClose(scored[0], Arrays.copyOfRange(whole, 8, 19));
    }
  }

  @Test
  void rowsSurviveGrowthCopiesAndExchange() {
    try (Weights weights = PlainDecoder.weights(QWEN3, 5);
        Decoder decoder = new Decoder(weights);
        KvCache cache = new KvCache(decoder, 2, 12)) {
      PlainDecoder plain = new PlainDecoder(weights);
      cache.prefill(new int[][] {tokens(1, 12), tokens(2, 7)});
      cache.rebuild(new int[] {1, 0, 1}, 50);
      cache.permute(new int[] {0, 1}, new int[] {1, 0});
      FloatBuffer logits = cache.step(new int[] {4, 5, 6}, new int[] {12, 7, 7});
      assertClose(logSoftmax(logits, 0), plain.next(append(tokens(1, 12), 4)));
      assertClose(logSoftmax(logits, 19), plain.next(append(tokens(2, 7), 5)));
      assertClose(logSoftmax(logits, 38), plain.next(append(tokens(2, 7), 6)));
    }
  }

  @Test
  void longSequencesGoThroughInParts() {
    ModelConfig config =
        new ModelConfig(19, 8, 1, 2, 1, 4, 8, 2200, 10000, 1e-6, true, false, true);
    int[][] sequences = {tokens(1, 2101), tokens(2, 1301), tokens(3, 701)};
    try (Weights weights = PlainDecoder.weights(config, 5);
        Decoder decoder = new Decoder(weights);
        KvCache cache = new KvCache(decoder, 3, 2100)) {
      PlainDecoder plain = new PlainDecoder(weights);
      assertClose(decoder.logprobs(sequences[0]), plain.logprobs(sequences[0]));
      cache.prefill(new int[][] {tokens(1, 2100), tokens(2, 1300), tokens(3, 700)});
      int[] last = {sequences[0][2100], sequences[1][1300], sequences[2][700]};
      FloatBuffer logits = cache.step(last, new int[] {2100, 1300, 700});
      for (int row = 0; row < 3; row++) {
        assertClose(logSoftmax(logits, row * 19), plain.next(sequences[row]));
      }
    }
  }

  @Test
  void aSequenceLongerThanTheContextIsRefused() {
    try (Weights weights = Weights.allocate(QWEN3);
        Decoder decoder = new Decoder(weights)) {
      assertThatThrownBy(() -> decoder.logprobs(tokens(1, 65)))
          .hasMessage("65 tokens are not in [1, 64]");
    }
  }

  @Test
  void aModelOfZerosFindsEveryTokenEquallyLikely() {
    try (Weights weights = Weights.allocate(QWEN3);
        Decoder decoder = new Decoder(weights)) {
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

  private static float[] logSoftmax(FloatBuffer logits, int offset) {
    double sum = 0;
    for (int i = 0; i < 19; i++) {
      sum += Math.exp(logits.get(offset + i));
    }
    float[] logprobs = new float[19];
    for (int i = 0; i < 19; i++) {
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
