package dev.kindling.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects every violated rule of one record, so that a user sees all of them at once.
 *
 * <p>A settings record calls {@link #that} once per rule in its compact constructor and ends with
 * {@link #done()}.
 */
public final class Check {
  private static final int MOST_SHOWN_CHARS = 200;
  private static final int MOST_VIOLATIONS = 50;

  private final List<String> violations = new ArrayList<>();

  /**
   * Adds one rule.
   *
   * @param holds whether the rule holds
   * @param name the setting or field as the user writes it, for example {@code sampler.samples}
   * @param value the offending value
   * @param rule the rule in words, for example {@code must be >= 2 to form a baseline}
   * @return this, for chaining
   */
  public Check that(boolean holds, String name, Object value, String rule) {
    if (!holds) {
      violations.add("Invalid " + name + ": " + shown(value) + " (" + rule + ")");
    }
    return this;
  }

  /** A value as messages show it: the beginning of a long one. */
  public static String shown(Object value) {
    String text = String.valueOf(value);
    return text.length() <= MOST_SHOWN_CHARS
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MOST_SHOWN_CHARS / 2)) + "…";
  }

  /**
   * Adds the rules of something that is made of these values, and makes it for that alone.
   *
   * @param make makes it; what it refuses is added
   */
  public Check allows(Runnable make) {
    try {
      make.run();
    } catch (InvalidInputException refused) {
      and(refused);
    }
    return this;
  }

  /** Adds the violations of another check, for a record made of records. */
  public Check and(InvalidInputException other) {
    violations.addAll(other.violations());
    return this;
  }

  /**
   * Ends the check.
   *
   * @throws InvalidInputException naming the violations, when there is one; the number of those
   *     that are too many to be read
   */
  public void done() {
    if (violations.size() > MOST_VIOLATIONS) {
      List<String> first = new ArrayList<>(violations.subList(0, MOST_VIOLATIONS));
      first.add("… and " + (violations.size() - MOST_VIOLATIONS) + " more");
      throw new InvalidInputException(first);
    } else if (!violations.isEmpty()) {
      throw new InvalidInputException(violations);
    }
  }
}
