package dev.kindling.engine.model;

import dev.kindling.io.FloatSource;
import java.io.IOException;
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
  private static final int PIECE = 1 << 18;

  /** Number of elements. */
  public long size() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  /**
   * Reads the parameter in small pieces, so that it is never held twice.
   *
   * @param source the flat vector of all parameters
   * @param device where the tensor shall be
   * @return a tensor of 32-bit floats of this shape, which the caller closes
   */
  public Tensor load(FloatSource source, Device device) throws IOException {
    try (Tensor here = load(source)) {
      return here.on(device);
    }
  }

  private Tensor load(FloatSource source) throws IOException {
    Tensor tensor = Tensor.zeros(lengths());
    try {
      for (long from = 0; from < size(); from += PIECE) {
        float[] piece = new float[(int) Math.min(PIECE, size() - from)];
        source.read(offset + from, piece);
        tensor.visit(from, piece.length, (memory, index, count) -> memory.put(piece, index, count));
      }
      return tensor;
    } catch (IOException | RuntimeException e) {
      tensor.close();
      throw e;
    }
  }

  long[] lengths() {
    return shape.stream().mapToLong(Integer::longValue).toArray();
  }

  static Parameter at(long offset, String name, Integer... shape) {
    return new Parameter(name, List.copyOf(Arrays.asList(shape)), offset);
  }
}
