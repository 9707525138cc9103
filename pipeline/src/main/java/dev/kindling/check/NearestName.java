package dev.kindling.check;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.ToIntBiFunction;

/** Which known name an unknown one was meant to be. */
public final class NearestName {
  private NearestName() {}

  /**
   * The known name that is nearest, if it is near enough to be suggested.
   *
   * @param distance how far apart the name and a known one are, in edits
   */
  public static Optional<String> of(
      String name, Collection<String> known, ToIntBiFunction<String, String> distance) {
    // Where more than a third of the letters differ, a suggestion would mislead.
    return known.stream()
        .min(Comparator.comparingInt(other -> distance.applyAsInt(name, other)))
        .filter(nearest -> distance.applyAsInt(name, nearest) <= 1 + name.length() / 3);
  }

  /** Insertions, deletions and substitutions that turn one text into the other (Levenshtein). */
  public static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    Arrays.setAll(row, column -> column);
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
