package dev.kindling.udf;

import dev.kindling.udf.math.Algebra;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.regex.Pattern;

/** The verifiers that jars of the user bring, by their names. */
final class OwnVerifiers {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  // Spark gives each session, and each executor, a loader for the jars that it is given.
  private static final Map<ClassLoader, Map<String, Rule>> BY_LOADER = new WeakHashMap<>();

  private OwnVerifiers() {}

  /**
   * Those that the calling thread's class loader sees.
   *
   * @param taken names that they must not have
   * @throws IllegalStateException naming the class and the rule, when one cannot be used
   * @throws java.util.ServiceConfigurationError when one cannot be loaded
   */
  static Map<String, Rule> of(Set<String> taken) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    synchronized (BY_LOADER) {
      return BY_LOADER.computeIfAbsent(
          loader == null ? OwnVerifiers.class.getClassLoader() : loader,
          seen -> found(seen, taken));
    }
  }

  private static Map<String, Rule> found(ClassLoader loader, Set<String> taken) {
    Map<String, Rule> rules = new TreeMap<>();
    for (Verifier verifier : ServiceLoader.load(Verifier.class, loader)) {
      String name = verifier.name();
      if (name == null || !NAME.matcher(name).matches()) {
        throw refused(verifier, name, "must be lower-case letters, digits and _");
      }
      if (taken.contains(name) || rules.put(name, new Called(verifier)) != null) {
        throw refused(verifier, name, "another verifier has that name");
      }
    }
    return Map.copyOf(rules);
  }

  private static IllegalStateException refused(Verifier verifier, String name, String rule) {
    return new IllegalStateException(
        "Invalid name of verifier %s: %s (%s)"
            .formatted(verifier.getClass().getName(), name, rule));
  }

  /** One as it is called. */
  private record Called(Verifier verifier) implements Rule {
    @Override
    public Judgement judge(
        List<String> goldAnswers, String context, String answer, Algebra algebra) {
      Judgement judgement = verifier.judge(goldAnswers, context, answer);
      return judgement == null || judgement.verdict() == null
          ? Judgement.error(verifier.name() + " gave no verdict")
          : judgement;
    }

    @Override
    public boolean isSame(String context, String one, String other, Algebra algebra) {
      return verifier.isSame(context, one, other);
    }
  }
}
