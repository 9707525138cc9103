package dev.kindling.stores;

import java.io.IOException;
import java.util.Map;

/** A server of files for the tests of runs that lie there; it can hold up what it is asked for. */
public interface StoreServer extends AutoCloseable {
  /** Settings of Hadoop by which programs find the server. */
  Map<String, String> hadoop();

  /** A folder there, as a URI. */
  String folder();

  /**
   * Holds up the next request of a kind.
   *
   * @param pattern is looked for in the request; how that is written is the server's own
   */
  void hold(String pattern) throws IOException;

  /** Whether it is held up. */
  boolean isHeld();

  /** Lets it go, and holds up nothing more. */
  void release() throws IOException;

  @Override
  void close();
}
