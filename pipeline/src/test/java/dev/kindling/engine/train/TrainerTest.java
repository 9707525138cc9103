package dev.kindling.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.engine.model.Weights;
import dev.kindling.objective.SequenceLoss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of micro-batches in fp32, and what they were made of. */
class TrainerTest {
  private static final ModelConfig CONFIG = Examples.FULL;
  private static final long ALL = Long.MAX_VALUE;
  private static final SequenceLoss LOG_LIKELIHOOD = Examples.logLikelihood();
  private static final Trainer TRAINER = new Trainer(Precision.FLOAT32, ALL);
  private static final Weights WEIGHTS = Examples.weights(CONFIG, 3);

  @AfterAll
  static void close() {
    TRAINER.close();
    WEIGHTS.close();
  }

  @Test
  void zeroWeightsGiveUniformProbabilitiesAndAGradientWorkedOutByHand() {
    // All weights 0 but the final norm's and one column of the embedding: logits are 0 everywhere,
    // because the untied head is 0, so p = 1/29. The normalised hidden state is sqrt(16) = 4 in the
    // one column that is not 0. The gradient of -2 log p by the head's row of the target is
    // -2 (1 - 1/29) 4, by every other row 2 (1/29) 4.
    try (Weights weights = Weights.allocate(CONFIG)) {
      int hidden = CONFIG.hidden();
      float[] embedding = new float[CONFIG.vocab() * hidden];
      for (int token = 0; token < CONFIG.vocab(); token++) {
        embedding[token * hidden + 5] = 100;
      }
      weights.write(0, embedding);
      float[] ones = new float[hidden];
      Arrays.fill(ones, 1);
      long head = weights.layout().size() - embedding.length;
      weights.write(head - hidden, ones);
      Sequence sequence =
          new Sequence("x", 0, new int[] {1, 7}, 1, new double[] {0, 2}, 0, new float[] {0, -3});
      try (ShardGradient gradient = gradient(weights, List.of(List.of(sequence)))) {
        double logVocabulary = Math.log(29);
        GradientStatistics statistics = gradient.statistics();
        assertThat(statistics.loss()).isCloseTo(2 * logVocabulary, within(1e-6));
        assertThat(statistics.entropy()).isCloseTo(logVocabulary, within(1e-6));
        assertThat(statistics.k1()).isCloseTo(-3 + logVocabulary, within(1e-6));
        assertThat(statistics.maxMismatch()).isCloseTo(logVocabulary - 3, within(1e-6));
        assertThat(statistics.tokens()).isEqualTo(1);
        assertThat(statistics.computedTokens()).isEqualTo(1);
        float[] rows = new float[embedding.length];
        gradient.read(head, rows);
        assertThat((double) rows[7 * hidden + 5]).isCloseTo(-8 * 28 / 29.0, within(1e-5));
        assertThat((double) rows[8 * hidden + 5]).isCloseTo(8 / 29.0, within(1e-6));
        assertThat(rows[7 * hidden + 6]).isZero();
      }
    }
  }

  @Test
  void howSequencesAreSplitIntoMicroBatchesChangesNothingButRounding() {
    List<Sequence> sequences = Examples.groups(List.of(4, 1, 3), CONFIG, 1);
    List<List<Sequence>> single = new ArrayList<>();
    sequences.forEach(sequence -> single.add(List.of(sequence)));
    try (ShardGradient whole = gradient(WEIGHTS, List.of(sequences));
        ShardGradient split = gradient(WEIGHTS, single)) {
      assertThat(distance(Examples.flat(whole), Examples.flat(split))).isLessThan(2e-6);
      assertThat(split.statistics().tokens()).isEqualTo(whole.statistics().tokens());
      assertThat(split.statistics().loss()).isCloseTo(whole.statistics().loss(), within(1e-5));
      // Prompts are computed once instead of four and three times.
      assertThat(whole.statistics().computedTokens())
          .isLessThan(split.statistics().computedTokens());
    }
  }

  @Test
  void shardsAddUpToTheWhole() {
    List<Sequence> sequences = Examples.sequences(8, CONFIG, 1);
    try (ShardGradient whole = gradient(WEIGHTS, List.of(sequences));
        ShardGradient first = gradient(WEIGHTS, List.of(sequences.subList(0, 3)));
        ShardGradient second = gradient(WEIGHTS, List.of(sequences.subList(3, 8)))) {
      float[] sum = Examples.flat(first);
      float[] other = Examples.flat(second);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += other[i];
      }
      assertThat(distance(Examples.flat(whole), sum)).isLessThan(2e-6);
      GradientStatistics together = first.statistics().plus(second.statistics());
      assertThat(together.k3()).isCloseTo(whole.statistics().k3(), within(1e-4));
      assertThat(together.maxMismatch()).isCloseTo(whole.statistics().maxMismatch(), within(1e-5));
    }
  }

  @Test
  void aCoefficientOf1em30GivesTheGradientOfCoefficient1Times1em30() {
    List<List<Sequence>> ordinary = List.of(Examples.sequences(4, CONFIG, 1));
    List<List<Sequence>> tiny = List.of(Examples.sequences(4, CONFIG, 1e-30));
    try (ShardGradient one = gradient(WEIGHTS, ordinary);
        ShardGradient small = gradient(WEIGHTS, tiny)) {
      float[] scaled = Examples.flat(small);
      assertThat(norm(scaled)).isBetween(1e-30, 1e-27);
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = (float) (scaled[i] * 1e30);
      }
      assertThat(distance(Examples.flat(one), scaled)).isLessThan(1e-5);
    }
  }

  @Test
  void theSameInputsGiveTheSameBitsFromTheFirstCallOn() {
    List<List<Sequence>> batches = List.of(Examples.sequences(8, CONFIG, 1));
    try (Trainer fresh = new Trainer(Precision.FLOAT32, ALL);
        ShardGradient first = fresh.gradient(Policies.of(WEIGHTS), batches, LOG_LIKELIHOOD)) {
      for (int call = 0; call < 4; call++) {
        try (ShardGradient next = fresh.gradient(Policies.of(WEIGHTS), batches, LOG_LIKELIHOOD)) {
          assertThat(Examples.flat(next)).isEqualTo(Examples.flat(first));
          assertThat(next.statistics()).isEqualTo(first.statistics());
        }
      }
    }
  }

  @Test
  void layersAreComputedTwiceWithTheSameBitsWhereOneOrNoneFitsIntoTheBound() {
    List<List<Sequence>> batches = List.of(Examples.groups(List.of(4, 1, 3), CONFIG, 1));
    try (ShardGradient kept = gradient(WEIGHTS, batches)) {
      // A token's 180 floats of a layer: 2 residuals of 16, 4 + 2 + 2 heads of 8 and 4 of 9, 2 of
      // 24.
      long oneLayer = 180 * Float.BYTES * kept.statistics().computedTokens();
      for (long bound : new long[] {0, oneLayer - 1, oneLayer}) {
        try (Trainer frugal = new Trainer(Precision.FLOAT32, bound);
            ShardGradient again = frugal.gradient(Policies.of(WEIGHTS), batches, LOG_LIKELIHOOD)) {
          assertThat(Examples.flat(again)).isEqualTo(Examples.flat(kept));
        }
      }
    }
  }

  @Test
  void tasksThatShareWeightsGetTheBitsOfATaskAlone() throws Exception {
    List<List<List<Sequence>>> shards = new ArrayList<>();
    List<float[]> alone = new ArrayList<>();
    for (int shard = 0; shard < 4; shard++) {
      shards.add(List.of(Examples.sequences(8 + shard, CONFIG, 1)));
      try (ShardGradient gradient = gradient(WEIGHTS, shards.get(shard))) {
        alone.add(Examples.flat(gradient));
      }
    }
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      List<Future<float[]>> together = new ArrayList<>();
      for (int task = 0; task < 40; task++) {
        List<List<Sequence>> shard = shards.get(task % 4);
        together.add(
            executor.submit(
                () -> {
                  try (ShardGradient gradient = gradient(WEIGHTS, shard)) {
                    return Examples.flat(gradient);
                  }
                }));
      }
      for (int task = 0; task < 40; task++) {
        assertThat(together.get(task).get()).isEqualTo(alone.get(task % 4));
      }
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void theReferenceTermCountsTokensWithoutACoefficient() {
    // Four completion tokens, one with a coefficient; the reference is the policy itself, so that
    // the term is 0 with slope 0 and the gradient is that of the one token.
    Sequence sequence =
        new Sequence(
            "x",
            0,
            new int[] {1, 2, 3, 4, 5},
            1,
            new double[] {0, 0, 1, 0, 0},
            0.25,
            new float[] {0, -30, -30, -30, -30});
    SequenceLoss clipped = Examples.clipped(2, 0.5);
    try (ShardGradient gradient =
        TRAINER.gradient(referring(WEIGHTS), List.of(List.of(sequence)), clipped)) {
      GradientStatistics statistics = gradient.statistics();
      assertThat(statistics.tokens()).isEqualTo(4);
      assertThat(statistics.referenceK3()).isZero();
      // The ratio of the one token is above 2, so that nothing pulls at the policy.
      assertThat(statistics.clippedTokens()).isEqualTo(1);
      assertThat(statistics.loss()).isEqualTo(-2);
      assertThat(norm(Examples.flat(gradient))).isZero();
    }
    try (Weights other = Examples.weights(CONFIG, 4);
        ShardGradient gradient =
            TRAINER.gradient(referring(other), List.of(List.of(sequence)), clipped)) {
      GradientStatistics statistics = gradient.statistics();
      assertThat(statistics.referenceK3()).isGreaterThan(0.01);
      assertThat(statistics.loss())
          .isCloseTo(-2 + 0.5 * 0.25 * statistics.referenceK3(), within(1e-9));
      assertThat(norm(Examples.flat(gradient))).isGreaterThan(1e-3);
    }
  }

  @Test
  void sequencesThatAreNotFiniteAreNamedAndLeftOut() {
    List<Sequence> sequences = new ArrayList<>(Examples.sequences(3, CONFIG, 1));
    Sequence second = sequences.get(1);
    double[] coefs = second.coefs().clone();
    coefs[second.promptLength()] = Double.NaN;
    Sequence broken =
        new Sequence(
            "broken",
            9,
            second.tokenIds(),
            second.promptLength(),
            coefs,
            second.tokenScale(),
            second.samplerLogprobs());
    List<Sequence> rest = List.of(sequences.get(0), sequences.get(2));
    sequences.set(1, broken);
    try (ShardGradient gradient = gradient(WEIGHTS, List.of(sequences));
        ShardGradient without = gradient(WEIGHTS, List.of(rest))) {
      assertThat(gradient.statistics().notFinite()).containsExactly(new SequenceId("broken", 9));
      assertThat(gradient.statistics().tokens()).isEqualTo(without.statistics().tokens());
      assertThat(gradient.statistics().loss()).isCloseTo(without.statistics().loss(), within(1e-5));
      assertThat(distance(Examples.flat(without), Examples.flat(gradient))).isLessThan(2e-6);
    }
  }

  @Test
  void nothingToTrainOnGivesAGradientOfZeros() {
    Sequence idle =
        new Sequence("x", 0, new int[] {1, 2}, 1, new double[] {0, 0}, 0.5, new float[] {0, -1});
    try (ShardGradient gradient = gradient(WEIGHTS, List.of(List.of(idle), List.of()))) {
      assertThat(gradient.statistics()).isEqualTo(GradientStatistics.NONE);
      assertThat(norm(Examples.flat(gradient))).isZero();
    }
  }

  @Test
  void inputsThatTheModelCannotTakeAreRefusedByName() {
    Sequence unknown = new Sequence("e7", 2, new int[] {1, 29}, 1, new double[2], 0, new float[2]);
    assertThatThrownBy(() -> gradient(WEIGHTS, List.of(List.of(unknown))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Invalid sequence e7/2 token: 29 (must be in [0, model.vocab = 29))");
    Sequence tooLong = new Sequence("e7", 3, new int[65], 1, new double[65], 0, new float[65]);
    assertThatThrownBy(() -> gradient(WEIGHTS, List.of(List.of(tooLong))))
        .hasMessage("Invalid sequence e7/3 length: 65 (must be <= model.max_positions = 64)");
    assertThatThrownBy(() -> new Sequence("e7", 4, new int[3], 1, new double[2], 0, new float[3]))
        .hasMessage("Invalid sequence e7/4 coefficients: 2 (must be as many as tokens, 3)");
    assertThatThrownBy(
            () -> TRAINER.gradient(Policies.of(WEIGHTS), List.of(), Examples.clipped(2, 0.5)))
        .hasMessageStartingWith("Invalid reference policy: none");
  }

  @ParameterizedTest
  @MethodSource("dev.kindling.engine.model.ArithmeticTest#halves")
  void bfloat16GradientsPointWhereThoseOfFloat32Do(Arithmetic arithmetic) {
    List<List<Sequence>> batches = List.of(Examples.groups(List.of(4, 1, 3), CONFIG, 1));
    try (Trainer half = new Trainer(device -> arithmetic, ALL);
        Trainer frugal = new Trainer(device -> arithmetic, 0);
        ShardGradient whole = gradient(WEIGHTS, batches);
        ShardGradient rounded = half.gradient(Policies.of(WEIGHTS), batches, LOG_LIKELIHOOD);
        ShardGradient again = frugal.gradient(Policies.of(WEIGHTS), batches, LOG_LIKELIHOOD)) {
      float[] expected = Examples.flat(whole);
      float[] actual = Examples.flat(rounded);
      assertThat(cosine(expected, actual)).isGreaterThan(0.999);
      // Eight bits of significand: products are off by some thousandths.
      assertThat(distance(expected, actual)).isBetween(1e-4, 0.05);
      assertThat(rounded.statistics().loss())
          .isCloseTo(whole.statistics().loss(), within(0.02 * whole.statistics().tokens()));
      assertThat(Examples.flat(again)).isEqualTo(actual);
    }
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
    }
    return product / (norm(a) * norm(b));
  }

  @Test
  void residentMemoryDoesNotGrowOver60Gradients() throws IOException {
    ModelConfig wide =
        new ModelConfig(
            500, 128, 3, 4, 2, 32, 384, 64, 10000, RopeScaling.NONE, 1e-6, true, true, true);
    List<List<Sequence>> batches = List.of(Examples.sequences(32, wide, 1));
    try (Weights weights = Examples.weights(wide, 1)) {
      for (int call = 0; call < 20; call++) {
        gradient(weights, batches).close();
      }
      long before = residentKilobytes();
      for (int call = 0; call < 60; call++) {
        gradient(weights, batches).close();
      }
      // A gradient that stayed would take 2.6 MB, a graph that stayed more than 10 MB.
      assertThat(residentKilobytes() - before).isLessThan(60 * 1000);
    }
  }

  private static ShardGradient gradient(Weights weights, List<List<Sequence>> batches) {
    return TRAINER.gradient(Policies.of(weights), batches, LOG_LIKELIHOOD);
  }

  private static Policies referring(Weights reference) {
    return new Policies(WEIGHTS, Optional.of(reference), Optional.empty());
  }

  private static double norm(float[] vector) {
    double squares = 0;
    for (float element : vector) {
      squares += (double) element * element;
    }
    return Math.sqrt(squares);
  }

  /** |a − b| / |a|. */
  private static double distance(float[] a, float[] b) {
    float[] difference = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return norm(difference) / norm(a);
  }

  private static long residentKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IllegalStateException("no VmRSS in /proc/self/status");
  }
}
