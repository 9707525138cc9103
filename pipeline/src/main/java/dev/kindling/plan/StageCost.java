package dev.kindling.plan;

/**
 * What one part of a step costs.
 *
 * @param name the stage, or the part of it
 * @param seconds of wall time
 * @param read bytes read from storage by all executors
 * @param written bytes written to it
 * @param shuffled bytes that executors give to each other through local disks
 */
public record StageCost(String name, double seconds, double read, double written, double shuffled) {
  /** This with the bytes of another part, too. */
  public StageCost plusBytes(StageCost other) {
    return new StageCost(
        name, seconds, read + other.read, written + other.written, shuffled + other.shuffled);
  }
}
