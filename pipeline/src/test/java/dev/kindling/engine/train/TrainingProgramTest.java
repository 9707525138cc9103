package dev.kindling.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.model.Program;
import dev.kindling.engine.model.RotaryTable;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import dev.kindling.engine.model.Weights;
import java.util.ArrayList;
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
      double[] flat = doubles(config);
      List<Sequence> sequences = Examples.sequences(5, config, 1);
      Result program = run(config, flat, sequences, true);
      Result arrays = runArrays(config, flat, sequences);
      assertThat(program.logprobs).hasSameSizeAs(arrays.logprobs);
      assertThat(program.logprobs.length).isGreaterThan(20);
      assertThat(program.logprobs).containsExactly(arrays.logprobs, within(1e-12));
      assertThat(program.entropies).containsExactly(arrays.entropies, within(1e-12));
      assertThat(norm(arrays.gradient)).isGreaterThan(1);
      assertThat(program.gradient).containsExactly(arrays.gradient, within(1e-11));
    }
  }

  @Test
  void gradientsAreThoseOfFiniteDifferencesInEveryParameter() {
    ModelConfig config = Examples.FULL;
    double[] flat = doubles(config);
    List<Sequence> sequences = Examples.sequences(3, config, 1);
    double[] gradient = run(config, flat, sequences, true).gradient;
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
    double[] flat = doubles(Examples.FULL);
    List<Sequence> sequences = Examples.sequences(5, Examples.FULL, 1);
    Result kept = run(Examples.FULL, flat, sequences, true);
    Result again = run(Examples.FULL, flat, sequences, false);
    assertThat(again.logprobs).isEqualTo(kept.logprobs);
    assertThat(again.gradient).isEqualTo(kept.gradient);
  }

  private static double[] doubles(ModelConfig config) {
    try (Weights weights = Examples.weights(config, 3)) {
      float[] floats = Examples.flat(weights);
      double[] doubles = new double[floats.length];
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = floats[i];
      }
      return doubles;
    }
  }

  private static double lossAt(
      ModelConfig config, double[] flat, int index, double step, List<Sequence> sequences) {
    double[] moved = flat.clone();
    moved[index] += step;
    return run(config, moved, sequences, true).loss;
  }

  private static double norm(double[] vector) {
    double squares = 0;
    for (double element : vector) {
      squares += element * element;
    }
    return Math.sqrt(squares);
  }

  /** Log-prob and entropy of each pick, the loss −Σ coefficient · log-prob, and its gradient. */
  private record Result(double[] logprobs, double[] entropies, double loss, double[] gradient) {}

  private static Result run(
      ModelConfig config, double[] flat, List<Sequence> sequences, boolean keep) {
    MicroBatch batch = MicroBatch.of(sequences, false, config);
    try (Scope scope = new Scope()) {
      List<Tensor> weights = new ArrayList<>();
      List<Tensor> sums = new ArrayList<>();
      for (Parameter parameter : ParameterLayout.of(config).parameters()) {
        double[] elements = new double[(int) parameter.size()];
        long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
        sums.add(scope.own(Tensor.of(elements, shape)));
        System.arraycopy(flat, (int) parameter.offset(), elements, 0, elements.length);
        weights.add(scope.own(Tensor.of(elements, shape)));
      }
      Model model = Model.of(config, weights, rotary(config, batch.width(), scope), scope);
      double[] slopes = new double[batch.picks()];
      double loss = 0;
      try (Pass pass = Pass.training(PROGRAM, model, batch, keep)) {
        double[] logprobs = pass.logprobs().doubles();
        for (int pick = 0; pick < slopes.length; pick++) {
          Sequence sequence = sequences.get(batch.row(pick));
          slopes[pick] = -sequence.coefs()[batch.token(pick)];
          loss += slopes[pick] * logprobs[pick];
        }
        Tensor pulled = scope.own(Tensor.of(slopes, slopes.length));
        pass.backward(pulled, scope.own(Value.of(sums)), 1);
        double[] gradient = new double[flat.length];
        int at = 0;
        for (Tensor sum : sums) {
          double[] elements = sum.doubles();
          System.arraycopy(elements, 0, gradient, at, elements.length);
          at += elements.length;
        }
        return new Result(logprobs, pass.entropies().doubles(), loss, gradient);
      }
    }
  }

  private static RotaryTable rotary(ModelConfig config, int positions, Scope scope) {
    int width = config.headDim();
    double[] cos = new double[positions * width];
    double[] sin = new double[positions * width];
    for (int i = 0; i < cos.length; i++) {
      int column = i % width;
      int pair = column % (width / 2);
      int position = i / width;
      double angle = position * Math.pow(config.ropeTheta(), -2.0 * pair / width);
      cos[i] = Math.cos(angle);
      sin[i] = column == pair ? -Math.sin(angle) : Math.sin(angle);
    }
    return scope.own(
        new RotaryTable(Tensor.of(cos, positions, width), Tensor.of(sin, positions, width)));
  }

  private static Result runArrays(ModelConfig config, double[] flat, List<Sequence> sequences) {
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
    return new Result(
        logprobs.stream().mapToDouble(Double::doubleValue).toArray(),
        entropies.stream().mapToDouble(Double::doubleValue).toArray(),
        total,
        gradient);
  }
}
