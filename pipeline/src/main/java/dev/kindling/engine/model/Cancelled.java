package dev.kindling.engine.model;

import java.util.concurrent.CancellationException;

/** Ends long work when its thread is interrupted, as Spark does when it kills a task. */
public final class Cancelled {
  private Cancelled() {}

  /**
   * Called between two parts of the work.
   *
   * @throws CancellationException if the thread was interrupted; it stays so
   */
  public static void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("The task was interrupted");
    }
  }
}
