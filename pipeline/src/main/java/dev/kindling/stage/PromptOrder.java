package dev.kindling.stage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The order in which a run visits its data set: every epoch is a permutation of all examples, a
 * pure function of (seed, epoch), so that a resumed run goes on where the order was.
 *
 * @param examples size of the data set, at least 1
 * @param seed the run's seed
 * @param shuffle false for the order of the files
 */
public record PromptOrder(int examples, long seed, boolean shuffle) {
  /**
   * A visit.
   *
   * @param place where it stands in the order, over all epochs
   * @param example the example's position in the data set
   */
  record Visit(long place, int example) {}

  /**
   * The first visits of different examples from a place of the order on. A second visit, which the
   * end of an epoch may bring, is passed over.
   *
   * @param from the place
   * @param skip how many such visits come before those that are wanted
   * @param count how many are wanted; fewer are given when no other example is left
   */
  List<Visit> firstVisits(long from, int skip, int count) {
    int last = (int) Math.min((long) skip + count, examples);
    List<Visit> visits = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    int[] order = permutation(from / examples);
    for (long place = from; visits.size() < last; place++) {
      if (place % examples == 0) {
        order = permutation(place / examples);
      }
      int example = order[(int) (place % examples)];
      if (seen.add(example)) {
        visits.add(new Visit(place, example));
      }
    }
    return visits.subList(Math.min(skip, last), last);
  }

  /**
   * The examples that the order visits first, ascending: a sample without replacement that depends
   * on the seed alone, or those from the start of the files.
   *
   * @param count how many; all when there are fewer
   */
  public List<Integer> first(int count) {
    return firstVisits(0, 0, count).stream().map(Visit::example).sorted().toList();
  }

  private int[] permutation(long epoch) {
    int[] order = new int[examples];
    Arrays.setAll(order, i -> i);
    if (!shuffle) {
      return order;
    }
    // Seeds of neighbouring epochs must not give neighbouring streams: SplittableRandom mixes them.
    SplittableRandom random =
        new SplittableRandom(31 * new SplittableRandom(seed).nextLong() + epoch);
    for (int i = examples - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }
}
