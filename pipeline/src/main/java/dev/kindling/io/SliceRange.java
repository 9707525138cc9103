package dev.kindling.io;

import dev.kindling.check.Check;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A range of the flat parameter vector that fits one block of Spark's.
 *
 * @param from first element
 * @param to element after the last one
 */
public record SliceRange(long from, long to) implements Serializable {
  /** Floats of one block of Spark's, which is at most 2 GiB with what describes them. */
  private static final long MAX_LENGTH = (1L << 29) - 1024;

  /** Refuses empty and too long ranges. */
  public SliceRange {
    new Check()
        .that(from >= 0, "slice.from", from, "must be >= 0")
        .that(to > from, "slice.to", to, "must be > slice.from = " + from)
        .that(
            to <= from || to - from <= MAX_LENGTH,
            "length of a slice",
            to - from,
            "must be <= " + MAX_LENGTH + ": raise trainer.slices")
        .done();
  }

  /**
   * Cuts a vector into ranges whose lengths differ by at most one, the longer ones first.
   *
   * @param size elements of the vector
   * @param slices number of ranges, in [1, size]
   */
  public static List<SliceRange> split(long size, int slices) {
    new Check()
        .that(
            slices >= 1 && slices <= size,
            "trainer.slices",
            slices,
            "must be in [1, number of parameters = " + size + "]")
        .done();
    long length = size / slices;
    long longer = size % slices;
    return IntStream.range(0, slices)
        .mapToObj(
            slice -> {
              long from = slice * length + Math.min(slice, longer);
              return new SliceRange(from, from + length + (slice < longer ? 1 : 0));
            })
        .toList();
  }

  /** Number of elements. */
  public int length() {
    return (int) (to - from);
  }
}
