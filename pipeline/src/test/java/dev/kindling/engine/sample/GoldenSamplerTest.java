package dev.kindling.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.GoldenModel;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small Hugging Face models through the sampler, as transformers computes them. Tolerances are
 * those recommended with the data.
 */
class GoldenSamplerTest {
  // Every how many tokens of the vocabulary a distribution is compared.
  private static final int STRIDE = 13;

  @ParameterizedTest
  @MethodSource("dev.kindling.GoldenModel#all")
  void logprobsOfATextAreThoseOfTransformers(GoldenModel model) throws Exception {
    try (Weights weights = model.weights();
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32)) {
      for (JsonNode one : model.golden().get("forward")) {
        float[] logprobs = decoder.logprobs(GoldenModel.ints(one.get("ids")));
        assertClose(logprobs, GoldenModel.doubles(one.get("ref64_logp_next")), 2e-4);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.kindling.GoldenModel#all")
  void inBfloat16LogprobsOfATextAreWithinItsTolerance(GoldenModel model) throws Exception {
    try (Weights weights = model.weights();
        Decoder decoder = Decoder.of(weights, Precision.BFLOAT16)) {
      for (JsonNode one : model.golden().get("forward")) {
        float[] logprobs = decoder.logprobs(GoldenModel.ints(one.get("ids")));
        double[] expected = GoldenModel.doubles(one.get("ref64_logp_next"));
        assertClose(logprobs, expected, 0.5);
        double gap =
            IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(logprobs[i] - expected[i]))
                .average()
                .orElse(0);
        assertThat(gap).isLessThan(0.1);
        // That it is bfloat16 at all: float32 agrees to 2e-4.
        assertThat(expected.length < 10 || gap > 2e-3).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.kindling.GoldenModel#all")
  void distributionOfTheNextTokenIsThatOfTransformers(GoldenModel model) throws Exception {
    try (Weights weights = model.weights();
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32)) {
      for (JsonNode one : model.golden().get("forward")) {
        int[][] prompt = {GoldenModel.ints(one.get("ids"))};
        double[] expected = logSoftmax(GoldenModel.doubles(one.get("ref64_logits_last")));
        assertClose(next(decoder, prompt)[0], every(expected), 2e-4);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.kindling.GoldenModel#all")
  void promptsOfUnequalLengthDoNotTouchEachOther(GoldenModel model) throws Exception {
    JsonNode batch = model.golden().get("batch");
    int[][] prompts = new int[batch.get("prompts").size()][];
    for (int row = 0; row < prompts.length; row++) {
      prompts[row] = GoldenModel.ints(batch.get("prompts").get(row));
    }
    assertThat(Arrays.stream(prompts).map(ids -> ids.length).distinct()).hasSizeGreaterThan(1);
    try (Weights weights = model.weights();
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32)) {
      float[][] together = next(decoder, prompts);
      for (int row = 0; row < prompts.length; row++) {
        float[] alone = next(decoder, new int[][] {prompts[row]})[0];
        assertClose(together[row], doubles(alone), 1e-4);
        for (String padded : List.of("left", "right")) {
          JsonNode logits = batch.get(padded).get("logits_last").get(row);
          assertClose(together[row], every(logSoftmax(GoldenModel.doubles(logits))), 2e-4);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.kindling.GoldenModel#all")
  void likeliestTokensAreThoseOfGenerate(GoldenModel model) throws Exception {
    JsonNode cases = model.golden().get("greedy");
    List<PromptInput> prompts = new ArrayList<>();
    for (JsonNode one : cases) {
      prompts.add(new PromptInput("p", GoldenModel.ints(one.get("prompt_ids")), new int[] {0}));
    }
    int steps = 0;
    for (JsonNode one : cases) {
      steps = Math.max(steps, one.get("tokens").size());
    }
    try (Weights weights = model.weights();
        Decoder decoder = Decoder.of(weights, Precision.FLOAT32)) {
      int neverTaken =
          IntStream.range(0, decoder.config().vocab())
              .filter(id -> !contains(cases, id))
              .findFirst()
              .orElseThrow();
      Sampler sampler = new Sampler(decoder, greedy(steps, neverTaken));
      List<Sample> samples = sampler.sample(prompts, 1, 1, count -> {});
      for (int i = 0; i < cases.size(); i++) {
        JsonNode one = cases.get(i);
        int comparable = firstTie(GoldenModel.doubles(one.get("margins")));
        int[] expected = GoldenModel.ints(one.get("tokens"));
        assertThat(Arrays.copyOf(samples.get(i).answerIds(), comparable))
            .isEqualTo(Arrays.copyOf(expected, comparable));
        assertClose(
            Arrays.copyOf(samples.get(i).answerLogprobs(), comparable),
            Arrays.copyOf(GoldenModel.doubles(one.get("logps")), comparable),
            2e-4);
      }
    }
  }

  /** The first step whose two likeliest tokens rounding may swap, or the number of steps. */
  private static int firstTie(double[] margins) {
    return IntStream.range(0, margins.length)
        .filter(step -> margins[step] < 1e-3)
        .findFirst()
        .orElse(margins.length);
  }

  private static boolean contains(JsonNode cases, int id) {
    for (JsonNode one : cases) {
      if (Arrays.stream(GoldenModel.ints(one.get("tokens"))).anyMatch(token -> token == id)) {
        return true;
      }
    }
    return false;
  }

  /** Log-probs of what follows each prompt (prompts, tokens at {@link #STRIDE}), in one task. */
  private static float[][] next(Decoder decoder, int[][] prompts) {
    int[] tokens =
        IntStream.range(0, decoder.config().vocab()).filter(id -> id % STRIDE == 0).toArray();
    List<PromptInput> inputs = new ArrayList<>();
    for (int[] prompt : prompts) {
      for (int token : tokens) {
        inputs.add(new PromptInput("p", prompt, new int[] {token}));
      }
    }
    List<Sample> samples = new Sampler(decoder, greedy(1, 0)).sample(inputs, 1, 1, count -> {});
    float[][] logprobs = new float[prompts.length][tokens.length];
    for (int i = 0; i < samples.size(); i++) {
      logprobs[i / tokens.length][i % tokens.length] = samples.get(i).goldLogprobs()[0];
    }
    return logprobs;
  }

  /** The likeliest token each time, no rationale. */
  private static SamplerSettings greedy(int tokens, int end) {
    return new SamplerSettings(0, 0, 1, 0, 1, 0, tokens, SamplerSettings.NO_TOKEN, new int[] {end});
  }

  private static double[] every(double[] values) {
    return IntStream.range(0, values.length)
        .filter(i -> i % STRIDE == 0)
        .mapToDouble(i -> values[i])
        .toArray();
  }

  private static double[] logSoftmax(double[] logits) {
    double largest = Arrays.stream(logits).max().orElseThrow();
    double sum = Arrays.stream(logits).map(logit -> Math.exp(logit - largest)).sum();
    return Arrays.stream(logits).map(logit -> logit - largest - Math.log(sum)).toArray();
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  private static void assertClose(float[] values, double[] expected, double tolerance) {
    assertThat(values).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) values[i]).as("[%d]", i).isCloseTo(expected[i], within(tolerance));
    }
  }
}
