package dev.kindling.stage;

import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.check.NearestName;
import dev.kindling.udf.Verifiers;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.TreeSet;

/** Verifiers as settings and records name them. */
public final class VerifierNames {
  private VerifierNames() {}

  /**
   * Holds that there is a verifier of this name: without one every verdict would be a fault.
   *
   * @param key the setting or field that names it
   * @param own names of verifiers that settings give
   * @throws InvalidInputException naming the known name that is nearest
   */
  public static void requireKnown(String key, String name, Set<String> own) {
    if (!own.contains(name) && !isKnown(name)) {
      Set<String> names = new TreeSet<>(Verifiers.names());
      names.addAll(own);
      String hint =
          NearestName.of(name, names, NearestName::edits)
              .map(nearest -> "did you mean " + nearest + "?")
              .orElse("must be one of " + String.join(", ", names));
      throw new InvalidInputException("Invalid " + key + ": " + name + " (" + hint + ")");
    }
  }

  /**
   * Holds that verifiers that settings give have no names of others.
   *
   * @throws InvalidInputException naming the first that has
   */
  public static void requireFree(Set<String> own) {
    own.forEach(
        name ->
            new Check()
                .that(
                    !isKnown(name),
                    "verifier.own",
                    name,
                    "must not have the name of another verifier")
                .done());
  }

  private static boolean isKnown(String name) {
    try {
      return Verifiers.isKnown(name);
    } catch (IllegalStateException | ServiceConfigurationError refused) {
      throw new InvalidInputException(
          "Cannot use a verifier of the jars that Spark was given: " + refused.getMessage(),
          refused);
    }
  }
}
