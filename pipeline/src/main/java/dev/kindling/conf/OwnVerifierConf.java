package dev.kindling.conf;

import dev.kindling.check.Check;
import java.util.regex.Pattern;

/**
 * A verifier of the user's own, by an expression of SQL.
 *
 * @param name by which settings and records name it
 * @param sql expression over a rollout's and its prompt's columns
 */
public record OwnVerifierConf(String name, String sql) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  /** Adds the rules of the entry, which stands under {@code key}. */
  void check(Check check, String key) {
    check
        .that(
            NAME.matcher(name).matches(),
            key + ".name",
            name,
            "must be 1 to 64 lower-case letters, digits or '_', the first a letter")
        .that(!sql.isBlank(), key + ".sql", sql, "must not be empty");
  }
}
