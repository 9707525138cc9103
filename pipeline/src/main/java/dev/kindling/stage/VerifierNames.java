package dev.kindling.stage;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.NearestName;
import dev.kindling.udf.Verifiers;

/** Verifiers as settings and records name them. */
public final class VerifierNames {
  private VerifierNames() {}

  /**
   * Holds that there is a verifier of this name: without one every verdict would be a fault.
   *
   * @param key the setting or field that names it
   * @throws InvalidInputException naming the known name that is nearest
   */
  public static void requireKnown(String key, String name) {
    if (!Verifiers.names().contains(name)) {
      String hint =
          NearestName.of(name, Verifiers.names(), NearestName::edits)
              .map(nearest -> "did you mean " + nearest + "?")
              .orElse("must be one of " + String.join(", ", Verifiers.names()));
      throw new InvalidInputException("Invalid " + key + ": " + name + " (" + hint + ")");
    }
  }
}
