package dev.kindling.track;

import dev.kindling.io.RunStatus;
import java.io.IOException;
import java.util.List;

/** Somewhere that the figures of committed steps are sent. One thread calls it. */
interface Sink {
  /** Its name in the settings. */
  String label();

  /**
   * How many steps, from the first, it has. Asked at the start and after every failure; asks no
   * server.
   *
   * @param sent how many it was sent, as far as is known
   * @return at most {@code sent}
   */
  long held(long sent) throws IOException;

  /**
   * Takes steps.
   *
   * @param steps at least one, without a gap behind those it has
   * @throws IOException if it has not taken all of them
   */
  void send(List<StepFigures> steps) throws IOException, InterruptedException;

  /**
   * Told that the driver ends.
   *
   * @param state how
   */
  void end(RunStatus.State state) throws IOException, InterruptedException;
}
