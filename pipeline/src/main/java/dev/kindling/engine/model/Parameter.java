package dev.kindling.engine.model;

import java.util.Arrays;
import java.util.List;

/**
 * One parameter of a model and its place in the flat vector of all parameters.
 *
 * @param name Hugging Face name, for example {@code model.layers.0.self_attn.q_proj.weight}
 * @param shape lengths of the dimensions; matrices are (outputs, inputs)
 * @param offset index of its first element in the flat vector
 */
public record Parameter(String name, List<Integer> shape, long offset) {
  /** Number of elements. */
  public long size() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  long[] lengths() {
    return shape.stream().mapToLong(Integer::longValue).toArray();
  }

  static Parameter at(long offset, String name, Integer... shape) {
    return new Parameter(name, List.copyOf(Arrays.asList(shape)), offset);
  }
}
