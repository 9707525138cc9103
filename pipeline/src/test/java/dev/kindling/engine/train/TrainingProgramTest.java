package dev.kindling.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.kindling.engine.model.CounterRandom;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Program;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Weights;
import dev.kindling.objective.LpReg;
import dev.kindling.objective.PolicyGradient;
import dev.kindling.objective.Proxy;
import dev.kindling.objective.SequenceLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The program in fp64 against the decoder of arrays and against finite differences. */
class TrainingProgramTest {
  private static final Program PROGRAM = Program.load("layers.torchscript", "training.torchscript");

  @AfterAll
  static void close() {
    PROGRAM.close();
  }

  @Test
  void logprobsAndGradientsAreThoseOfTheDecoderOfArrays() {
    for (ModelConfig config : List.of(Examples.FULL, Examples.PLAIN)) {
      double[] flat = DoublePass.weights(config);
      List<Sequence> sequences = Examples.sequences(5, config, 1);
      DoublePass program = DoublePass.of(PROGRAM, config, flat, sequences, 2);
      DoublePass arrays = runArrays(config, flat, sequences);
      assertThat(program.logprobs()).hasSameSizeAs(arrays.logprobs());
      assertThat(program.logprobs().length).isGreaterThan(20);
      assertThat(program.logprobs()).containsExactly(arrays.logprobs(), within(1e-12));
      assertThat(program.entropies()).containsExactly(arrays.entropies(), within(1e-12));
      assertThat(norm(arrays.gradient())).isGreaterThan(1);
      assertThat(program.gradient()).containsExactly(arrays.gradient(), within(1e-11));
    }
  }

  @Test
  void longSegmentsAreThoseOfTheDecoderOfArrays() {
    // More than the 64 queries that meet keys at once; 66 and 70 tokens stand in one run.
    ModelConfig config =
        new ModelConfig(
            29, 16, 2, 4, 2, 8, 24, 256, 10000, RopeScaling.NONE, 1e-6, true, true, false);
    double[] flat = DoublePass.weights(config);
    List<Sequence> sequences = List.of(row(0, 70), row(1, 140), row(2, 66));
    assertThat(MicroBatch.of(sequences, false, config).runs())
        .containsExactly(0, 1, 5, 0, 0, 5, 2, 70, 0, 5, 145, 1, 140, 0, 5);
    DoublePass program = DoublePass.of(PROGRAM, config, flat, sequences, 2);
    DoublePass arrays = runArrays(config, flat, sequences);
    assertThat(program.logprobs()).containsExactly(arrays.logprobs(), within(1e-12));
    assertThat(norm(arrays.gradient())).isGreaterThan(1);
    assertThat(program.gradient()).containsExactly(arrays.gradient(), within(1e-11));
  }

  /** A row with a prompt of 5 tokens, all behind which are trained on, and which reads so many. */
  private static Sequence row(int sample, int read) {
    CounterRandom random = CounterRandom.of(sample, "row");
    int[] tokens = new int[5 + read + 1];
    double[] coefs = new double[tokens.length];
    for (int t = 0; t < tokens.length; t++) {
      tokens[t] = t < 5 ? t : (int) (random.uniform(t) * 29);
      coefs[t] = t < 5 ? 0 : 0.1 * (1 + t % 3);
    }
    return new Sequence("x", sample, tokens, 5, coefs, 0.01, new float[tokens.length]);
  }

  @Test
  void gradientsAreThoseOfFiniteDifferencesInEveryParameter() {
    ModelConfig config = Examples.FULL;
    double[] flat = DoublePass.weights(config);
    List<Sequence> sequences = Examples.sequences(3, config, 1);
    double[] gradient = DoublePass.of(PROGRAM, config, flat, sequences, 2).gradient();
    double step = 1e-5;
    for (Parameter parameter : ParameterLayout.of(config).parameters()) {
      for (long element : List.of(0L, parameter.size() / 2, parameter.size() - 1)) {
        int index = (int) (parameter.offset() + element);
        double up = lossAt(config, flat, index, step, sequences);
        double down = lossAt(config, flat, index, -step, sequences);
        assertThat(gradient[index])
            .as(parameter.name() + "[" + element + "]")
            .isCloseTo((up - down) / (2 * step), within(1e-6 * Math.max(1, Math.abs(up))));
      }
    }
  }

  @Test
  void entropyAndDivergenceHaveTheGradientsOfFiniteDifferences() {
    ModelConfig config = Examples.FULL;
    double[] flat = DoublePass.weights(config);
    List<Sequence> sequences = Examples.sequences(3, config, 1);
    double step = 1e-5;
    try (Scope scope = new Scope()) {
      DoublePass.Terms terms = terms(scope, sequences);
      double[] gradient = DoublePass.of(PROGRAM, config, flat, sequences, 2, terms).gradient();
      double[] plain = DoublePass.of(PROGRAM, config, flat, sequences, 2).gradient();
      for (Parameter parameter : ParameterLayout.of(config).parameters()) {
        int index = (int) (parameter.offset() + parameter.size() / 2);
        double[] up = flat.clone();
        up[index] += step;
        double[] down = flat.clone();
        down[index] -= step;
        double difference =
            DoublePass.of(PROGRAM, config, up, sequences, 2, terms).loss()
                - DoublePass.of(PROGRAM, config, down, sequences, 2, terms).loss();
        assertThat(gradient[index])
            .as(parameter.name())
            .isCloseTo(difference / (2 * step), within(1e-5));
      }
      assertThat(norm(minus(gradient, plain))).isGreaterThan(1e-2);
    }
  }

  /** Weights of entropy and divergence, the proxy made from a policy that stays as it is. */
  private static DoublePass.Terms terms(Scope scope, List<Sequence> sequences) {
    int picks = MicroBatch.of(sequences, false, Examples.FULL).picks();
    int hidden = Examples.FULL.hidden();
    CounterRandom random = CounterRandom.of(8, "other policy");
    double[] states = new double[picks * hidden];
    Arrays.setAll(states, i -> random.normal(2L * i));
    double[] head = new double[Examples.FULL.vocab() * hidden];
    Arrays.setAll(head, i -> 0.3 * random.normal(2L * (i + states.length)));
    ProxyPolicy proxy =
        new ProxyPolicy(
            Optional.of(new Proxy(0.2, 0, Proxy.Source.SAMPLER)),
            List.of(scope.own(Tensor.of(states, picks, hidden))),
            List.of(scope.own(Tensor.of(head, Examples.FULL.vocab(), hidden))));
    return new DoublePass.Terms(0.3, 0.7, proxy);
  }

  private static double[] minus(double[] a, double[] b) {
    double[] difference = new double[a.length];
    Arrays.setAll(difference, i -> a[i] - b[i]);
    return difference;
  }

  @Test
  void aProxyOfThePolicyItselfLosesTheLogOfTheMassThatIsLeft() {
    ModelConfig config = Examples.FULL;
    try (Weights weights = Examples.weights(config, 3);
        Trainer trainer = new Trainer(Precision.FLOAT32, Long.MAX_VALUE)) {
      // Beside the likeliest token of a near-uniform policy nothing is noise at 1e-6: the proxy is
      // the policy, so that neither a divergence nor a slope is left.
      LpReg everything = new LpReg(1, 0.5, 1e-6, 0, Proxy.Source.CURRENT);
      List<Sequence> marked =
          Examples.sequences(2, config, 0).stream().map(s -> withMarks(s, 1)).toList();
      SequenceLoss loss = new SequenceLoss(new PolicyGradient(), List.of(everything));
      try (ShardGradient gradient = trainer.gradient(Policies.of(weights), List.of(marked), loss)) {
        assertThat(gradient.statistics().tokens()).isPositive();
        assertThat(gradient.statistics().loss()).isCloseTo(0, within(1e-6));
      }
    }
  }

  private static Sequence withMarks(Sequence sequence, double mark) {
    double[] marks = new double[sequence.tokenIds().length - sequence.promptLength()];
    Arrays.fill(marks, mark);
    return new Sequence(
        sequence.exampleId(),
        sequence.sample(),
        sequence.tokenIds(),
        sequence.promptLength(),
        sequence.coefs(),
        sequence.tokenScale(),
        sequence.samplerLogprobs(),
        -1,
        sequence.tokenIds().length,
        new double[][] {marks});
  }

  @Test
  void graphsThatAreMadeAgainGiveTheBitsOfGraphsThatAreKept() {
    double[] flat = DoublePass.weights(Examples.FULL);
    List<Sequence> sequences = Examples.sequences(5, Examples.FULL, 1);
    DoublePass kept = DoublePass.of(PROGRAM, Examples.FULL, flat, sequences, 2);
    DoublePass again = DoublePass.of(PROGRAM, Examples.FULL, flat, sequences, 0);
    assertThat(again.logprobs()).isEqualTo(kept.logprobs());
    assertThat(again.gradient()).isEqualTo(kept.gradient());
  }

  private static double lossAt(
      ModelConfig config, double[] flat, int index, double step, List<Sequence> sequences) {
    double[] moved = flat.clone();
    moved[index] += step;
    return DoublePass.of(PROGRAM, config, moved, sequences, 2).loss();
  }

  private static double norm(double[] vector) {
    double squares = 0;
    for (double element : vector) {
      squares += element * element;
    }
    return Math.sqrt(squares);
  }

  private static DoublePass runArrays(ModelConfig config, double[] flat, List<Sequence> sequences) {
    List<Double> logprobs = new ArrayList<>();
    List<Double> entropies = new ArrayList<>();
    double[] gradient = new double[flat.length];
    double total = 0;
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      ArrayDecoder decoder = new ArrayDecoder(manager, config, flat);
      NDArray loss = manager.create(new double[1]);
      for (Sequence sequence : sequences) {
        NDArray all = decoder.logprobs(sequence.tokenIds());
        for (int t = sequence.promptLength(); t < sequence.tokenIds().length; t++) {
          if (sequence.coefs()[t] != 0) {
            NDArray row = all.get(t - 1);
            NDArray own = row.get(sequence.tokenIds()[t]);
            logprobs.add(own.getDouble());
            entropies.add(row.mul(row.exp()).sum().neg().getDouble());
            loss = loss.sub(own.mul(manager.create(new double[] {sequence.coefs()[t]})));
          }
        }
      }
      total = loss.getDouble(0);
      collector.backward(loss);
      int at = 0;
      for (NDArray parameter : decoder.parameters().values()) {
        double[] elements = parameter.getGradient().toDoubleArray();
        System.arraycopy(elements, 0, gradient, at, elements.length);
        at += elements.length;
      }
    }
    return new DoublePass(
        logprobs.stream().mapToDouble(Double::doubleValue).toArray(),
        entropies.stream().mapToDouble(Double::doubleValue).toArray(),
        total,
        gradient);
  }
}
