package dev.kindling.io;

import java.util.List;

/**
 * A tensor that is to be written.
 *
 * @param name unique within its file
 * @param type how its elements are stored
 * @param shape sizes of the dimensions, each >= 0; empty for a scalar
 */
public record TensorSpec(String name, FloatType type, List<Long> shape) {
  /** Number of elements. */
  public long size() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }

  /** Bytes of all elements. */
  public long bytes() {
    return Math.multiplyExact(size(), (long) type.bytes());
  }
}
