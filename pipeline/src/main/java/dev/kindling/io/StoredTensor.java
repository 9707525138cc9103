package dev.kindling.io;

import java.util.List;

/**
 * Where one tensor lies in a safetensors file.
 *
 * @param name unique within the file
 * @param dtype element type as the format writes it, for example {@code F32}
 * @param shape sizes of the dimensions, each >= 0; empty for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last one
 */
public record StoredTensor(String name, String dtype, List<Long> shape, long begin, long end) {
  /** Number of elements. */
  public long size() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }
}
