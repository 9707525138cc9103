package dev.kindling.udf;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The phrase "answer is" or "answer:" (in Chinese 答案是, 答案为 or 答案:), behind which a text gives its
 * answer.
 */
final class Announcement {
  private static final Pattern PHRASE =
      Pattern.compile(
          "\\banswer(?:\\s++is\\b|\\s*+[:\uff1a])|答案\\s*+[是为為:\uff1a]", Pattern.CASE_INSENSITIVE);

  private Announcement() {}

  /** Where each phrase of a text ends, ascending. */
  static List<Integer> ends(String text) {
    List<Integer> ends = new ArrayList<>();
    for (Matcher matcher = PHRASE.matcher(text); matcher.find(); ) {
      ends.add(matcher.end());
    }
    return ends;
  }

  /**
   * Index of the candidate that counts, given where the candidates start and the phrases end: the
   * first after the last phrase that has one, else {@code unannounced}; -1 if there are no
   * candidates.
   */
  static int choose(List<Integer> starts, List<Integer> ends, int unannounced) {
    if (starts.isEmpty()) {
      return -1;
    }
    int lastStart = starts.get(starts.size() - 1);
    int from = ends.stream().filter(end -> end <= lastStart).reduce(-1, Math::max);
    if (from < 0) {
      return unannounced;
    }
    int chosen = 0;
    while (starts.get(chosen) < from) {
      chosen++;
    }
    return chosen;
  }
}
