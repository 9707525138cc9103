package dev.kindling.engine.train;

import dev.kindling.engine.model.CounterRandom;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.engine.model.Weights;
import dev.kindling.objective.PolicyGradient;
import dev.kindling.objective.Ratio;
import dev.kindling.objective.ReferenceKl;
import dev.kindling.objective.SequenceLoss;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Small models, sequences and losses that the trainer's tests share. */
final class Examples {
  /** Everything optional on, a head of its own. */
  static final ModelConfig FULL =
      new ModelConfig(29, 16, 2, 4, 2, 8, 24, 64, 10000, RopeScaling.NONE, 1e-6, true, true, false);

  /** Everything optional off, the embedding as head. */
  static final ModelConfig PLAIN =
      new ModelConfig(
          29, 16, 2, 4, 4, 8, 24, 64, 10000, RopeScaling.NONE, 1e-5, false, false, true);

  private Examples() {}

  /** Weights away from the symmetric start, so that no gradient vanishes by accident. */
  static Weights weights(ModelConfig config, long seed) {
    Weights weights = Weights.random(config, seed, 0.3);
    float[] flat = flat(weights);
    CounterRandom random = CounterRandom.of(seed, "shake");
    for (int i = 0; i < flat.length; i++) {
      flat[i] += (float) (0.1 * random.normal(i));
    }
    weights.write(0, flat);
    return weights;
  }

  /** All elements of a small model. */
  static float[] flat(Weights weights) {
    float[] flat = new float[Math.toIntExact(weights.layout().size())];
    weights.read(0, flat);
    return flat;
  }

  /** All elements of a small gradient. */
  static float[] flat(ShardGradient gradient) {
    float[] flat = new float[Math.toIntExact(gradient.size())];
    gradient.read(0, flat);
    return flat;
  }

  /**
   * Sequences of different lengths whose coefficients are {@code coefScale} times normal numbers.
   */
  static List<Sequence> sequences(int count, ModelConfig config, double coefScale) {
    List<Sequence> sequences = new ArrayList<>();
    for (int sample = 0; sample < count; sample++) {
      CounterRandom random = CounterRandom.of(sample, "sequence");
      int length = 6 + 3 * (sample % 4);
      int[] tokens = new int[length];
      double[] coefs = new double[length];
      float[] samplerLogprobs = new float[length];
      int prompt = 2 + sample % 3;
      for (int t = 0; t < length; t++) {
        tokens[t] = (int) (random.uniform(3L * t) * config.vocab());
        if (t >= prompt && t % 4 != 3) {
          coefs[t] = (float) (coefScale * random.normal(3L * t + 1));
        }
        samplerLogprobs[t] = t < prompt ? 0 : (float) (-3 - random.uniform(3L * t + 2));
      }
      sequences.add(new Sequence("example", sample, tokens, prompt, coefs, 0.01, samplerLogprobs));
    }
    return sequences;
  }

  /**
   * Rows of several examples in turn, those of one example with one prompt; some of their tokens,
   * and of some rows all, have no coefficient.
   *
   * @param rows of each example, the number of its rows
   */
  static List<Sequence> groups(List<Integer> rows, ModelConfig config, long seed) {
    List<Sequence> sequences = new ArrayList<>();
    for (int row = 0; row < Collections.max(rows); row++) {
      for (int example = 0; example < rows.size(); example++) {
        if (row < rows.get(example)) {
          sequences.add(grouped(example, row, config, seed));
        }
      }
    }
    return sequences;
  }

  private static Sequence grouped(int example, int row, ModelConfig config, long seed) {
    CounterRandom shared = CounterRandom.of(seed, "prompt " + example);
    CounterRandom own = CounterRandom.of(seed, "row " + example + "/" + row);
    int prompt = 1 + (int) (shared.uniform(0) * 6);
    int[] tokens = new int[prompt + (int) (own.uniform(0) * 8)];
    double[] coefs = new double[tokens.length];
    for (int t = 0; t < tokens.length; t++) {
      CounterRandom random = t < prompt ? shared : own;
      tokens[t] = (int) (random.uniform(3L * t + 1) * config.vocab());
      if (t >= prompt && own.uniform(3L * t + 2) < 0.6) {
        coefs[t] = (float) own.normal(3L * t + 3);
      }
    }
    return new Sequence(
        "example " + example, row, tokens, prompt, coefs, 0.01, new float[tokens.length]);
  }

  /** −k log p. */
  static SequenceLoss logLikelihood() {
    return new SequenceLoss(new PolicyGradient(), List.of());
  }

  /** −k · ratio while the ratio is below the bound, plus β times the token's share of k3. */
  static SequenceLoss clipped(double bound, double beta) {
    return new SequenceLoss(new Ratio(bound), List.of(new ReferenceKl(beta, 0)));
  }
}
