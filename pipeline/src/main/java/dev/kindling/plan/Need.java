package dev.kindling.plan;

/**
 * What a step needs of one place.
 *
 * @param place where, for example {@code executor heap}
 * @param bytes needed
 * @param limit bytes that there are; infinite where nobody said
 * @param remedy which setting mends it, where it does not fit; a sentence's second half
 */
public record Need(String place, double bytes, double limit, String remedy) {
  /** Whether there is room. */
  public boolean fits() {
    return bytes <= limit;
  }
}
