package dev.kindling.command;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import scala.util.Properties;

/**
 * What the program runs on. It is held to what it is written for before anything else is done, for
 * a class or method that is not there fails late and says nothing.
 *
 * @param spark version of Spark, for example {@code 4.2.0}
 * @param scala version of its Scala, for example {@code 2.13.18}
 * @param java feature version of Java, for example 17
 */
record Platform(String spark, String scala, int java) {
  private static final List<String> SPARKS = List.of("4.0", "4.1", "4.2");
  private static final List<Integer> JAVAS = List.of(17, 21, 25);
  private static final String SCALA = "2.13";
  private static final Pattern MINOR = Pattern.compile("[0-9]+\\.[0-9]+");

  /** That of this process. */
  static Platform here() {
    return new Platform(
        org.apache.spark.package$.MODULE$.SPARK_VERSION(),
        Properties.versionNumberString(),
        Runtime.version().feature());
  }

  /** Why the program cannot run here, in one sentence that names what it can run on. */
  Optional<String> refusal() {
    return spark.startsWith("4.") && minor(scala).equals(SCALA)
        ? Optional.empty()
        : Optional.of(
            "Invalid Spark: %s with Scala %s (must be %s, with Scala %s; SPARK_HOME chooses one)"
                .formatted(spark, scala, joined(SPARKS, "or"), SCALA));
  }

  /** What of this was never tried, in one sentence; a later version may well do. */
  Optional<String> untried() {
    if (!SPARKS.contains(minor(spark))) {
      return Optional.of("Spark %s was not tried, %s were".formatted(spark, joined(SPARKS, "and")));
    }
    return JAVAS.contains(java)
        ? Optional.empty()
        : Optional.of("Java %d was not tried, %s were".formatted(java, joined(JAVAS, "and")));
  }

  private static String minor(String version) {
    Matcher matcher = MINOR.matcher(version);
    return matcher.lookingAt() ? matcher.group() : version;
  }

  private static String joined(List<?> versions, String word) {
    List<String> texts = versions.stream().map(String::valueOf).toList();
    int last = texts.size() - 1;
    return String.join(", ", texts.subList(0, last)) + " " + word + " " + texts.get(last);
  }
}
