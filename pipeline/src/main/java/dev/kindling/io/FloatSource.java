package dev.kindling.io;

import java.io.Closeable;
import java.io.IOException;

/** A flat vector of parameters that is read in pieces, wherever it lies. */
@FunctionalInterface
public interface FloatSource extends Closeable {
  /**
   * Reads {@code out.length} elements.
   *
   * @param from index of the first
   */
  void read(long from, float[] out) throws IOException;

  /** Gives back what the vector lies in; a source that holds nothing has nothing to do. */
  @Override
  default void close() throws IOException {}
}
