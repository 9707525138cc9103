package dev.kindling.engine.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of a model in their lasting order: checkpoints, gradient slices and the programs
 * count on it. The embedding comes first, then each layer's nine parameters that every model has in
 * the order of the forward pass, its biases and its query and key norms where the model has them,
 * then the final norm and the output layer unless that is the embedding.
 */
public final class ParameterLayout {
  private final List<Parameter> parameters;
  private final long size;

  private ParameterLayout(List<Parameter> parameters) {
    this.parameters = List.copyOf(parameters);
    Parameter last = parameters.get(parameters.size() - 1);
    this.size = last.offset() + last.size();
  }

  /** The layout of a model of this shape. */
  public static ParameterLayout of(ModelConfig config) {
    Builder all = new Builder();
    all.add("model.embed_tokens.weight", config.vocab(), config.hidden());
    for (int layer = 0; layer < config.layers(); layer++) {
      addLayer(all, "model.layers." + layer + ".", config);
    }
    all.add("model.norm.weight", config.hidden());
    if (!config.tiedHead()) {
      all.add("lm_head.weight", config.vocab(), config.hidden());
    }
    return new ParameterLayout(all.parameters);
  }

  private static void addLayer(Builder all, String prefix, ModelConfig config) {
    int hidden = config.hidden();
    int queries = config.heads() * config.headDim();
    int keys = config.kvHeads() * config.headDim();
    all.add(prefix + "input_layernorm.weight", hidden);
    all.add(prefix + "self_attn.q_proj.weight", queries, hidden);
    all.add(prefix + "self_attn.k_proj.weight", keys, hidden);
    all.add(prefix + "self_attn.v_proj.weight", keys, hidden);
    all.add(prefix + "self_attn.o_proj.weight", hidden, queries);
    all.add(prefix + "post_attention_layernorm.weight", hidden);
    all.add(prefix + "mlp.gate_proj.weight", config.intermediate(), hidden);
    all.add(prefix + "mlp.up_proj.weight", config.intermediate(), hidden);
    all.add(prefix + "mlp.down_proj.weight", hidden, config.intermediate());
    if (config.qkvBias()) {
      all.add(prefix + "self_attn.q_proj.bias", queries);
      all.add(prefix + "self_attn.k_proj.bias", keys);
      all.add(prefix + "self_attn.v_proj.bias", keys);
    }
    if (config.qkNorm()) {
      all.add(prefix + "self_attn.q_norm.weight", config.headDim());
      all.add(prefix + "self_attn.k_norm.weight", config.headDim());
    }
  }

  /** Every parameter, in order. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Number of elements of the flat vector. */
  public long size() {
    return size;
  }

  /** Index in {@link #parameters} of the parameter that holds element {@code offset}. */
  public int indexAt(long offset) {
    if (offset < 0 || offset >= size) {
      throw new IndexOutOfBoundsException("offset " + offset + " is not in [0, " + size + ")");
    }
    int low = 0;
    int high = parameters.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (parameters.get(middle).offset() <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Lays parameters one behind the other. */
  private static final class Builder {
    private final List<Parameter> parameters = new ArrayList<>();
    private long next;

    void add(String name, Integer... shape) {
      Parameter parameter = Parameter.at(next, name, shape);
      parameters.add(parameter);
      next += parameter.size();
    }
  }
}
