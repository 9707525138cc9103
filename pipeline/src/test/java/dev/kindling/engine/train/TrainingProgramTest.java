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
import dev.kindling.engine.model.Program;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  void attentionOfOtherDevicesIsThatOfTheProcessorsKernel() {
    // 5 queries of one head of width 4 meet 5 keys causally and 3 keys without a mask.
    try (Scope scope = new Scope()) {
      for (boolean causal : new boolean[] {true, false}) {
        Value mask = scope.own(Value.of(causal));
        double[][] lanes = attended(scope, mask, causal ? 5 : 3, "meet_plainly", 1, 1, -1, 4);
        double[][] tokens = attended(scope, mask, causal ? 5 : 3, "meet", -1, 1, 4);
        for (int i = 0; i < 5; i++) {
          assertThat(lanes[i]).containsExactly(tokens[i], within(1e-12));
        }
        assertThat(tokens[0]).hasSize(20);
        assertThat(tokens[1]).hasSize(5);
      }
    }
  }

  /** Mixed values, logs of sums, and slopes by q, k and v; -1 in a shape stands for the tokens. */
  private static double[][] attended(
      Scope scope, Value causal, int keys, String method, long... shape) {
    Value q = normals(scope, "q", 5, shape);
    Value k = normals(scope, "k", keys, shape);
    Value v = normals(scope, "v", keys, shape);
    List<Tensor> met = results(scope, method, q, k, v, causal);
    Value da = normals(scope, "da", 5, shape);
    Value a = scope.own(Value.of(met.get(0)));
    Value z = scope.own(Value.of(met.get(1)));
    List<Tensor> all = new ArrayList<>(met);
    all.addAll(results(scope, method + "_slope", da, q, k, v, a, z, causal));
    return all.stream().map(Tensor::doubles).toArray(double[][]::new);
  }

  private static Value normals(Scope scope, String name, int tokens, long... shape) {
    CounterRandom random = CounterRandom.of(1, name);
    double[] elements = new double[tokens * 4];
    Arrays.setAll(elements, random::normal);
    long[] filled = Arrays.stream(shape).map(length -> length == -1 ? tokens : length).toArray();
    return scope.own(Value.of(scope.own(Tensor.of(elements, filled))));
  }

  private static List<Tensor> results(Scope scope, String method, Value... arguments) {
    return scope.own(scope.own(PROGRAM.run(method, arguments)).tensors());
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
