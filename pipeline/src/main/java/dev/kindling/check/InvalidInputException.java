package dev.kindling.check;

import java.util.List;

/**
 * The user's mistake: a setting, file or record that breaks a rule. Each violation names the thing,
 * the value and the rule; the commands print them and exit with code 2.
 */
public final class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> violations;

  /** An exception for one violation. */
  public InvalidInputException(String violation) {
    this(List.of(violation));
  }

  /** An exception for one violation found while reading something. */
  public InvalidInputException(String violation, Throwable cause) {
    super(violation, cause);
    this.violations = List.of(violation);
  }

  /** An exception for all violations of one input. */
  public InvalidInputException(List<String> violations) {
    super(String.join("\n", violations));
    this.violations = List.copyOf(violations);
  }

  /** Every violated rule, one sentence each. */
  public List<String> violations() {
    return violations;
  }
}
