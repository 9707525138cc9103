package dev.kindling.stage;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The order in which a run visits its data set: every epoch is a permutation of all examples, a
 * pure function of (seed, epoch), so that a resumed run goes on where the order was.
 */
final class PromptOrder {
  private PromptOrder() {}

  /**
   * Data set positions of the places {@code from … from + count - 1} in the order.
   *
   * @param examples size of the data set, at least 1
   * @param shuffle false for the order of the files
   */
  static int[] positions(int examples, long seed, boolean shuffle, long from, int count) {
    int[] positions = new int[count];
    int[] epochOrder = null;
    long epoch = -1;
    for (int i = 0; i < count; i++) {
      long place = from + i;
      if (epochOrder == null || place / examples != epoch) {
        epoch = place / examples;
        epochOrder = permutation(examples, seed, shuffle, epoch);
      }
      positions[i] = epochOrder[(int) (place % examples)];
    }
    return positions;
  }

  private static int[] permutation(int examples, long seed, boolean shuffle, long epoch) {
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
