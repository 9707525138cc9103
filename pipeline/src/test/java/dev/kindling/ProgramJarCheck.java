package dev.kindling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The jar that is submitted, once it is made. */
class ProgramJarCheck {
  /** The first two names of a package. */
  private static final Pattern PACKAGE =
      Pattern.compile("(?:META-INF/versions/[0-9]+/)?([^/]+(?:/[^/]+)?)/.*[.]class");

  private static Path jar() throws IOException {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(Path.of("target"), "kindling-[0-9]*.jar")) {
      return jars.iterator().next();
    }
  }

  @Test
  void whatAClusterMayHaveTooIsUnderOurOwnName() throws IOException {
    Set<String> packages = new TreeSet<>();
    try (JarFile jar = new JarFile(jar().toFile())) {
      jar.stream()
          .map(entry -> PACKAGE.matcher(entry.getName()))
          .filter(Matcher::matches)
          .forEach(name -> packages.add(name.group(1)));
    }
    // Native code names the packages of the last three.
    assertThat(packages)
        .containsExactlyInAnyOrder("dev/kindling", "ai/djl", "com/sun", "org/jline");
  }
}
