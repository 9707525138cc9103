package dev.kindling.template;

/**
 * What one rendering may use. Templates come with models from anywhere, so one that loops for ever
 * or grows without bound must end; counts end it at the same place on every machine, a clock would
 * not.
 */
final class Budget {
  /** Longest text that a template may make, in UTF-16 units. */
  static final int MOST_TEXT = 1 << 22;

  /** Most bits of an integer, which is more than the 1000 digits that JSON may have. */
  static final int MOST_BITS = 1 << 12;

  private static final long MOST_WORK = 50_000_000;

  /** Most levels of blocks, calls and values within each other. */
  static final int MOST_DEPTH = 200;

  private long work;
  private int depth;

  /** Uses up some work: a statement, an element or a character each count one. */
  void charge(long amount) {
    work += amount;
    if (work > MOST_WORK) {
      throw new TemplateFault(
          "does more than " + MOST_WORK + " steps (it loops or grows without bound)");
    }
  }

  /** Goes one level deeper into blocks, calls or values within values. */
  void enter() {
    depth++;
    if (depth > MOST_DEPTH) {
      throw new TemplateFault("is nested more than " + MOST_DEPTH + " deep");
    }
  }

  /** Comes back from a level. */
  void leave() {
    depth--;
  }

  /** Refuses a text before it is made. */
  static void requireText(long length) {
    if (length > MOST_TEXT) {
      throw new TemplateFault(
          "makes a text of " + length + " characters (most are " + MOST_TEXT + ")");
    }
  }
}
