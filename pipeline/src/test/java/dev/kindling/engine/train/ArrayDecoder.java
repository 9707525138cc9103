package dev.kindling.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.ParameterLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The decoder once more, written with DJL's arrays in fp64 for one sequence at a time: slow,
 * readable, and made without any part of the program that it judges. Letters: T tokens, H hidden
 * width, N query heads, K key heads, G = N / K, D width of a head, V vocabulary.
 */
final class ArrayDecoder {
  private final ModelConfig config;
  private final NDManager manager;
  private final Map<String, NDArray> parameters = new LinkedHashMap<>();

  /** A decoder whose parameters are the flat vector {@code flat}; all arrays are the manager's. */
  ArrayDecoder(NDManager manager, ModelConfig config, double[] flat) {
    this.manager = manager;
    this.config = config;
    for (Parameter parameter : ParameterLayout.of(config).parameters()) {
      double[] elements = new double[(int) parameter.size()];
      System.arraycopy(flat, (int) parameter.offset(), elements, 0, elements.length);
      long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
      NDArray array = manager.create(elements, new Shape(shape));
      array.setRequiresGradient(true);
      parameters.put(parameter.name(), array);
    }
  }

  /** Parameters by name, in the layout's order. */
  Map<String, NDArray> parameters() {
    return parameters;
  }

  /** Log-probs of every next token: row t holds log p(. | tokens[0..t]) (T, V). */
  NDArray logprobs(int[] tokens) {
    long length = tokens.length;
    NDArray x =
        parameter("model.embed_tokens.weight").get(manager.create(tokens, new Shape(length)));
    for (int layer = 0; layer < config.layers(); layer++) {
      String prefix = "model.layers." + layer + ".";
      NDArray h = normalise(x, prefix + "input_layernorm.weight");
      x = x.add(attention(h, prefix + "self_attn.", length));
      h = normalise(x, prefix + "post_attention_layernorm.weight");
      NDArray gate = times(h, prefix + "mlp.gate_proj.weight");
      NDArray up = times(h, prefix + "mlp.up_proj.weight");
      x = x.add(times(gate.mul(sigmoid(gate)).mul(up), prefix + "mlp.down_proj.weight"));
    }
    NDArray h = normalise(x, "model.norm.weight");
    String head = config.tiedHead() ? "model.embed_tokens.weight" : "lm_head.weight";
    return times(h, head).logSoftmax(-1);
  }

  private NDArray attention(NDArray h, String prefix, long length) {
    int group = config.heads() / config.kvHeads();
    NDArray q = heads(h, prefix + "q", config.heads(), length); // (N, T, D)
    NDArray k = heads(h, prefix + "k", config.kvHeads(), length).repeat(0, group); // (N, T, D)
    NDArray v = heads(h, prefix + "v", config.kvHeads(), length).repeat(0, group); // (N, T, D)
    NDArray scores = q.matMul(k.transpose(0, 2, 1)).mul(constant(1 / Math.sqrt(config.headDim())));
    NDArray weights = scores.add(causalMask(length)).softmax(-1); // (N, T, T)
    NDArray mixed = weights.matMul(v).transpose(1, 0, 2); // (T, N, D)
    return times(mixed.reshape(length, -1), prefix + "o_proj.weight");
  }

  private NDArray heads(NDArray h, String projection, int heads, long length) {
    NDArray x = times(h, projection + "_proj.weight");
    if (config.qkvBias()) {
      x = x.add(parameter(projection + "_proj.bias"));
    }
    x = x.reshape(length, heads, config.headDim());
    if (projection.endsWith("v")) {
      return x.transpose(1, 0, 2);
    }
    if (config.qkNorm()) {
      x = normalise(x, projection + "_norm.weight");
    }
    return rotate(x, length).transpose(1, 0, 2);
  }

  /** Rotates the pair (i, i + D/2) of each head by position * theta^(-2i/D); x is (T, heads, D). */
  private NDArray rotate(NDArray x, long length) {
    int half = config.headDim() / 2;
    double[] angles = new double[(int) length * half];
    for (int position = 0; position < length; position++) {
      for (int i = 0; i < half; i++) {
        angles[position * half + i] = position * Math.pow(config.ropeTheta(), -(double) i / half);
      }
    }
    NDArray angle = manager.create(angles, new Shape(length, 1, half));
    NDArray cos = angle.cos();
    NDArray sin = angle.sin();
    NDArray a = x.get("..., :" + half);
    NDArray b = x.get("..., " + half + ":");
    return a.mul(cos).sub(b.mul(sin)).concat(b.mul(cos).add(a.mul(sin)), -1);
  }

  private NDArray normalise(NDArray x, String name) {
    NDArray meanSquare = x.mul(x).mean(new int[] {-1}, true);
    return x.div(meanSquare.add(constant(config.normEps())).sqrt()).mul(parameter(name));
  }

  private NDArray times(NDArray x, String name) {
    return x.matMul(parameter(name).transpose());
  }

  private NDArray sigmoid(NDArray x) {
    return constant(1).div(constant(1).add(x.neg().exp()));
  }

  private NDArray causalMask(long length) {
    double[] mask = new double[(int) (length * length)];
    for (int query = 0; query < length; query++) {
      for (int key = query + 1; key < length; key++) {
        mask[(int) (query * length + key)] = Double.NEGATIVE_INFINITY;
      }
    }
    return manager.create(mask, new Shape(1, length, length));
  }

  // An array and not a Java number: autograd would keep a pointer to the number's freed buffer.
  private NDArray constant(double value) {
    return manager.create(new double[] {value}, new Shape(1));
  }

  private NDArray parameter(String name) {
    return parameters.get(name);
  }
}
