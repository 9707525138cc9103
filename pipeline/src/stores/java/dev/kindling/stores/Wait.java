package dev.kindling.stores;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Waits for what another process or thread does. */
public final class Wait {
  private static final long MOST_SECONDS = 600;
  private static final long MILLIS_BETWEEN_LOOKS = 10;

  private Wait() {}

  /** Whether something has come to be. */
  @FunctionalInterface
  public interface Condition {
    /** Looks once. */
    boolean holds() throws IOException;
  }

  /**
   * Waits until a condition holds.
   *
   * @param what the condition in words
   * @throws IOException when it does not in ten minutes
   */
  public static void until(String what, Condition condition) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new IOException("Waited " + MOST_SECONDS + " s in vain until " + what);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(MILLIS_BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting", e);
    }
  }
}
