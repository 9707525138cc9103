package dev.kindling.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text with named places, written {@code {{name}}}. */
final class Template {
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  private Template() {}

  /**
   * Fills every place in one pass, so that a value that looks like a place stays as it is.
   *
   * @throws IllegalStateException if a place has no value
   */
  static String fill(String template, Map<String, String> values) {
    return PLACE
        .matcher(template)
        .replaceAll(
            place -> {
              String value = values.get(place.group(1));
              if (value == null) {
                throw new IllegalStateException("No value for " + place.group());
              }
              return Matcher.quoteReplacement(value);
            });
  }

  /**
   * A UTF-8 resource of the class path.
   *
   * @param path relative to this package, or absolute with a leading slash
   * @throws IllegalStateException if the resource is missing, which is a fault of the packaging
   */
  static String resource(String path) {
    try (InputStream in = Template.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("Resource " + path + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read resource " + path, e);
    }
  }
}
