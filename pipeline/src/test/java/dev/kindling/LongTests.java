package dev.kindling;

/**
 * Which form heavy suites run in: a short one, or with {@code -Dkindling.tests=long} all that they
 * hold.
 */
public final class LongTests {
  /** The property that chooses. */
  public static final String PROPERTY = "kindling.tests";

  /** Its value for the long form. */
  public static final String LONG = "long";

  /** Whether this is the long form. */
  public static final boolean ARE_RUN = LONG.equals(System.getProperty(PROPERTY));

  private LongTests() {}
}
