package dev.kindling.io;

import java.io.IOException;

/** A flat vector of parameters that is read in pieces, wherever it lies. */
@FunctionalInterface
public interface FloatSource {
  /**
   * Reads {@code out.length} elements.
   *
   * @param from index of the first
   */
  void read(long from, float[] out) throws IOException;
}
