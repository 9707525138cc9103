package dev.kindling.conf;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.JacksonYAMLParseException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.kindling.check.InvalidInputException;
import dev.kindling.check.RunFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One source of settings.
 *
 * @param name what messages call it, for example the file's path
 * @param text YAML: a map of sections, each a map of settings and of sections in it
 */
public record YamlText(String name, String text) {
  private static final YAMLFactory FACTORY =
      YAMLFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .build();
  private static final ObjectMapper YAML =
      JsonMapper.builder(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /**
   * The settings by dotted key, for example {@code sampler.samples}, in the order of the text; the
   * format of a run's configuration is none of them.
   *
   * @throws InvalidInputException naming the text and the line, when it is not such a map, gives a
   *     key twice or uses anchors
   */
  Map<String, JsonNode> settings() {
    Map<String, JsonNode> settings = new LinkedHashMap<>();
    JsonNode root = parse();
    if (root.isMissingNode() || root.isNull()) {
      return settings;
    }
    if (!root.isObject()) {
      throw new InvalidInputException("Cannot read " + name + ": it must be a map of sections");
    }
    for (Map.Entry<String, JsonNode> section : root.properties()) {
      if (section.getKey().equals(RunFormat.KEY)) {
        RunFormat.require(name, section.getValue().asInt(), null);
        continue;
      }
      // A section of comments alone is null.
      if (!section.getValue().isNull()) {
        flatten(settings, section.getKey(), section.getValue());
      }
    }
    return settings;
  }

  /** Whether the text gives a setting. */
  public boolean gives(String key) {
    return settings().containsKey(key);
  }

  private void flatten(Map<String, JsonNode> settings, String key, JsonNode value) {
    if (!value.isObject()) {
      putOnce(settings, key, value);
      return;
    }
    for (Map.Entry<String, JsonNode> setting : value.properties()) {
      flatten(settings, key + "." + setting.getKey(), setting.getValue());
    }
  }

  /** The text as a tree; missing when it is empty. */
  JsonNode parse() {
    try (YAMLParser parser = FACTORY.createParser(text)) {
      while (parser.nextToken() != null) {
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
          throw new InvalidInputException(
              "Cannot read %s: line %d has an anchor or alias, which settings may not use"
                  .formatted(name, parser.currentTokenLocation().getLineNr()));
        }
      }
      return YAML.readTree(text);
    } catch (JsonProcessingException malformed) {
      // YAML's own errors tell the line in their text, and broken limits have none.
      boolean located =
          malformed.getLocation() != null && !(malformed instanceof JacksonYAMLParseException);
      String line = located ? "line " + malformed.getLocation().getLineNr() + ": " : "";
      throw new InvalidInputException(
          "Cannot read " + name + ": " + line + malformed.getOriginalMessage(), malformed);
    } catch (IOException unreadable) {
      throw new InvalidInputException(
          "Cannot read " + name + ": " + unreadable.getMessage(), unreadable);
    }
  }

  /** Writes a tree in block style, keys in their order, numbers in the fewest digits. */
  static String write(ObjectNode tree) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new FewestDigits(FACTORY.createGenerator(text))) {
      YAML.writeTree(generator, tree);
    } catch (IOException impossible) {
      throw new IllegalStateException("A tree of scalars is always YAML", impossible);
    }
    return text.toString();
  }

  /** A number as it is written; Java's own digits have been the fewest only since Java 19. */
  private static String digits(double number) {
    return NumberOutput.toString(number, true);
  }

  /** Writes the same digits on every Java, which YAML's own generator does not. */
  private static final class FewestDigits extends JsonGeneratorDelegate {
    FewestDigits(JsonGenerator yaml) {
      super(yaml, false);
    }

    @Override
    public void writeNumber(double number) throws IOException {
      delegate.writeNumber(digits(number));
    }
  }

  /** A text, truth value or number as {@link #write} writes it, without quotes; else JSON. */
  static String scalar(JsonNode value) {
    if (value.isContainerNode()) {
      return value.toString();
    }
    return value.isDouble() ? digits(value.asDouble()) : value.asText();
  }

  private void putOnce(Map<String, JsonNode> settings, String key, JsonNode value) {
    if (settings.put(key, value) != null) {
      throw new InvalidInputException("Cannot read " + name + ": it sets " + key + " twice");
    }
  }
}
