package dev.kindling.engine.sample;

import dev.kindling.engine.model.CounterRandom;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.Weights;
import java.util.HashMap;
import java.util.Map;

/**
 * The decoder once more, in plain loops over doubles without cache, batch or torch: what the
 * program has to agree with.
 */
final class PlainDecoder {
  private final ModelConfig config;
  private final Map<String, float[]> parameters = new HashMap<>();

  PlainDecoder(Weights weights) {
    config = weights.config();
    for (Parameter parameter : weights.layout().parameters()) {
      float[] values = new float[(int) parameter.size()];
      weights.read(parameter.offset(), values);
      parameters.put(parameter.name(), values);
    }
  }

  /** Weights of which every one matters, norms and biases included. */
  static Weights weights(ModelConfig config, long seed) {
    Weights weights = Weights.allocate(config);
    for (Parameter parameter : weights.layout().parameters()) {
      CounterRandom random = CounterRandom.of(seed, parameter.name());
      boolean isNorm = parameter.name().endsWith("norm.weight");
      float[] values = new float[(int) parameter.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((isNorm ? 1 : 0) + 0.2 * random.normal(i));
      }
      weights.write(parameter.offset(), values);
    }
    return weights;
  }

  /** Log-probs of each token given those before it, one fewer than tokens. */
  double[] logprobs(int[] ids) {
    double[][] x = forward(ids);
    double[] logprobs = new double[ids.length - 1];
    for (int t = 0; t < logprobs.length; t++) {
      logprobs[t] = distribution(x[t])[ids[t + 1]];
    }
    return logprobs;
  }

  /** Log-probs of every token that may follow. */
  double[] next(int[] ids) {
    return distribution(forward(ids)[ids.length - 1]);
  }

  private double[] distribution(double[] x) {
    String head = config.tiedHead() ? "model.embed_tokens.weight" : "lm_head.weight";
    double[] logits = multiply(head, norm("model.norm.weight", x, 0, x.length));
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit);
    }
    for (int i = 0; i < logits.length; i++) {
      logits[i] -= Math.log(sum);
    }
    return logits;
  }

  private double[][] forward(int[] ids) {
    double[][] x = new double[ids.length][config.hidden()];
    float[] embedding = parameters.get("model.embed_tokens.weight");
    for (int t = 0; t < ids.length; t++) {
      for (int i = 0; i < config.hidden(); i++) {
        x[t][i] = embedding[ids[t] * config.hidden() + i];
      }
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      attend("model.layers." + layer + ".", x);
      for (double[] token : x) {
        feed("model.layers." + layer + ".", token);
      }
    }
    return x;
  }

  private void attend(String layer, double[][] x) {
    int width = config.headDim();
    double[][] q = new double[x.length][];
    double[][] k = new double[x.length][];
    double[][] v = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] normed = norm(layer + "input_layernorm.weight", x[t], 0, x[t].length);
      q[t] = rotate(layer + "self_attn.q", normed, t);
      k[t] = rotate(layer + "self_attn.k", normed, t);
      v[t] = project(layer + "self_attn.v", normed);
    }
    for (int t = 0; t < x.length; t++) {
      double[] mixed = new double[config.heads() * width];
      for (int head = 0; head < config.heads(); head++) {
        int shared = head / (config.heads() / config.kvHeads()) * width;
        double[] weights = new double[t + 1];
        double total = 0;
        for (int s = 0; s <= t; s++) {
          double score = 0;
          for (int i = 0; i < width; i++) {
            score += q[t][head * width + i] * k[s][shared + i];
          }
          weights[s] = Math.exp(score / Math.sqrt(width));
          total += weights[s];
        }
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < width; i++) {
            mixed[head * width + i] += weights[s] / total * v[s][shared + i];
          }
        }
      }
      add(x[t], multiply(layer + "self_attn.o_proj.weight", mixed));
    }
  }

  private double[] rotate(String name, double[] x, int position) {
    double[] heads = project(name, x);
    int width = config.headDim();
    for (int start = 0; start < heads.length; start += width) {
      if (config.qkNorm()) {
        System.arraycopy(norm(name + "_norm.weight", heads, start, width), 0, heads, start, width);
      }
      for (int i = 0; i < width / 2; i++) {
        double angle = position * Math.pow(config.ropeTheta(), -2.0 * i / width);
        double first = heads[start + i];
        double second = heads[start + i + width / 2];
        heads[start + i] = first * Math.cos(angle) - second * Math.sin(angle);
        heads[start + i + width / 2] = second * Math.cos(angle) + first * Math.sin(angle);
      }
    }
    return heads;
  }

  private double[] project(String name, double[] x) {
    double[] y = multiply(name + "_proj.weight", x);
    if (config.qkvBias()) {
      float[] bias = parameters.get(name + "_proj.bias");
      for (int i = 0; i < y.length; i++) {
        y[i] += bias[i];
      }
    }
    return y;
  }

  private void feed(String layer, double[] x) {
    double[] normed = norm(layer + "post_attention_layernorm.weight", x, 0, x.length);
    double[] gate = multiply(layer + "mlp.gate_proj.weight", normed);
    double[] up = multiply(layer + "mlp.up_proj.weight", normed);
    for (int i = 0; i < up.length; i++) {
      up[i] *= gate[i] / (1 + Math.exp(-gate[i]));
    }
    add(x, multiply(layer + "mlp.down_proj.weight", up));
  }

  private double[] norm(String name, double[] x, int start, int width) {
    double squares = 0;
    for (int i = 0; i < width; i++) {
      squares += x[start + i] * x[start + i];
    }
    double scale = 1 / Math.sqrt(squares / width + config.normEps());
    double[] y = new double[width];
    for (int i = 0; i < width; i++) {
      y[i] = x[start + i] * scale * parameters.get(name)[i];
    }
    return y;
  }

  private double[] multiply(String name, double[] x) {
    float[] matrix = parameters.get(name);
    double[] y = new double[matrix.length / x.length];
    for (int i = 0; i < y.length; i++) {
      for (int j = 0; j < x.length; j++) {
        y[i] += matrix[i * x.length + j] * x[j];
      }
    }
    return y;
  }

  private static void add(double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += y[i];
    }
  }
}
