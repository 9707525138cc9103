package dev.kindling.conf;

import dev.kindling.check.Check;
import java.util.regex.Pattern;

/**
 * A table that expressions of verifiers may read.
 *
 * @param name of the view that the session gets
 * @param path a file or folder that Spark reads, or {@code table:} and a table of a catalog
 */
public record VerifierTableConf(String name, String path) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  /** Adds the rules of the entry, which stands under {@code key}. */
  void check(Check check, String key) {
    check
        .that(
            NAME.matcher(name).matches(),
            key + ".name",
            name,
            "must be a name of SQL: letters, digits or '_', the first no digit")
        .that(!path.isBlank(), key + ".path", path, "must not be empty");
  }
}
