package dev.kindling.engine.train;

import dev.kindling.engine.model.Arithmetic;
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

/**
 * The training program in fp64 on one micro-batch.
 *
 * @param logprobs log-prob of each pick
 * @param entropies entropy at each pick
 * @param loss −Σ coefficient · log-prob
 * @param gradient its gradient, a flat vector
 */
record DoublePass(double[] logprobs, double[] entropies, double loss, double[] gradient) {
  /** Weights of a small model. */
  static double[] weights(ModelConfig config) {
    try (Weights weights = Examples.weights(config, 3)) {
      float[] floats = Examples.flat(weights);
      double[] doubles = new double[floats.length];
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = floats[i];
      }
      return doubles;
    }
  }

  /**
   * Terms besides log-probs.
   *
   * @param entropy what each pick's entropy counts
   * @param divergence what each pick's KL(proxy ‖ policy) counts
   * @param proxy where the proxy comes from
   */
  record Terms(double entropy, double divergence, ProxyPolicy proxy) {}

  /** Runs a program on a model whose parameters are {@code flat}. */
  static DoublePass of(
      Program program, ModelConfig config, double[] flat, List<Sequence> sequences, int kept) {
    return of(program, config, flat, sequences, kept, new Terms(0, 0, ProxyPolicy.NONE));
  }

  /** The same with further terms in the loss. */
  static DoublePass of(
      Program program,
      ModelConfig config,
      double[] flat,
      List<Sequence> sequences,
      int kept,
      Terms terms) {
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
      Model model =
          Model.of(
              config,
              Arithmetic.FLOAT32,
              weights,
              rotary(config, batch.positionsNeeded(), scope),
              scope);
      int picks = batch.picks();
      int kinds = terms.entropy() == 0 && terms.divergence() == 0 ? 1 : 3;
      double[] slopes = new double[kinds * picks];
      double loss = 0;
      try (Pass pass = Pass.training(program, model, batch, terms.proxy(), kept)) {
        double[] logprobs = pass.logprobs().doubles();
        for (int pick = 0; pick < picks; pick++) {
          Sequence sequence = sequences.get(batch.row(pick));
          slopes[pick] = -sequence.coefs()[batch.token(pick)];
          loss += slopes[pick] * logprobs[pick];
          if (kinds == 3) {
            slopes[picks + pick] = terms.entropy();
            slopes[2 * picks + pick] = terms.divergence();
            loss += terms.entropy() * pass.entropies().doubles()[pick];
            loss += terms.divergence() * pass.proxyDivergences().orElseThrow().doubles()[pick];
          }
        }
        Tensor pulled = scope.own(Tensor.of(slopes, kinds, picks));
        pass.backward(pulled, scope.own(Value.of(sums)), 1);
        double[] gradient = new double[flat.length];
        int at = 0;
        for (Tensor sum : sums) {
          double[] elements = sum.doubles();
          System.arraycopy(elements, 0, gradient, at, elements.length);
          at += elements.length;
        }
        return new DoublePass(logprobs, pass.entropies().doubles(), loss, gradient);
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
}
