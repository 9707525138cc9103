package dev.kindling.engine.model;

import dev.kindling.io.FloatSource;
import java.util.Arrays;

/**
 * Weights to start from, each element a pure function of its place and the components: matrices are
 * normal with deviation {@code std}, the two that write to the residual stream divided by
 * √(2·layers) (Radford et al. 2019), norms are 1 and biases 0. Nothing is held.
 *
 * @param config shape of the model
 * @param seed of the random numbers
 * @param std deviation of matrices
 */
public record RandomWeights(ModelConfig config, long seed, double std) implements FloatSource {
  @Override
  public void read(long from, float[] out) {
    ParameterLayout layout = ParameterLayout.of(config);
    for (int i = 0; i < out.length; ) {
      Parameter parameter = layout.parameters().get(layout.indexAt(from + i));
      long within = from + i - parameter.offset();
      int count = (int) Math.min(out.length - i, parameter.size() - within);
      fill(parameter, within, out, i, count);
      i += count;
    }
  }

  private void fill(Parameter parameter, long from, float[] out, int start, int count) {
    String name = parameter.name();
    if (name.endsWith("norm.weight")) {
      Arrays.fill(out, start, start + count, 1);
    } else if (name.endsWith(".bias")) {
      Arrays.fill(out, start, start + count, 0);
    } else {
      boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
      double deviation = residual ? std / Math.sqrt(2.0 * config.layers()) : std;
      CounterRandom random = CounterRandom.of(seed, name);
      for (int i = 0; i < count; i++) {
        out[start + i] = (float) (deviation * random.normal(from + i));
      }
    }
  }
}
