package dev.kindling.pretrained;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindling.check.InvalidInputException;
import java.io.IOException;

/**
 * The keys of one JSON object of a model folder. A key that is null counts as left out.
 *
 * @param node the object
 * @param source where it came from, for messages
 */
record ModelFields(JsonNode node, String source) {
  // Python writes Infinity and NaN into JSON.
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /**
   * Reads a file's content.
   *
   * @throws InvalidInputException when it is not a JSON object
   */
  static ModelFields parse(byte[] json, String source) {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("Cannot read " + source + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read " + source + ": " + e.getMessage(), e);
    }
    if (!node.isObject()) {
      throw new InvalidInputException("Cannot read " + source + ": it is not a JSON object");
    }
    return new ModelFields(node, source);
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** The object under a key, empty when it is left out. */
  ModelFields object(String key) {
    if (!has(key)) {
      return new ModelFields(JSON.createObjectNode(), source);
    }
    require(node.get(key).isObject(), key, "must be an object or null");
    return new ModelFields(node.get(key), source);
  }

  int integer(String key) {
    require(node.path(key).isInt(), key, "must be an integer");
    return node.get(key).asInt();
  }

  int integer(String key, int absent) {
    return has(key) ? integer(key) : absent;
  }

  double number(String key) {
    boolean finite = node.path(key).isNumber() && Double.isFinite(node.get(key).asDouble());
    require(finite, key, "must be a finite number");
    return node.get(key).asDouble();
  }

  double number(String key, double absent) {
    return has(key) ? number(key) : absent;
  }

  boolean flag(String key) {
    require(!has(key) || node.get(key).isBoolean(), key, "must be true or false");
    return node.path(key).asBoolean(false);
  }

  String text(String key, String absent) {
    require(!has(key) || node.get(key).isTextual(), key, "must be a text");
    return has(key) ? node.get(key).asText() : absent;
  }

  /**
   * Holds a rule of one key.
   *
   * @throws InvalidInputException naming file, key, value and rule
   */
  void require(boolean holds, String key, String rule) {
    if (!holds) {
      throw new InvalidInputException(
          "Invalid %s in %s: %s (%s)".formatted(key, source, shown(node.path(key)), rule));
    }
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode()
        ? "missing"
        : value.isTextual() ? value.asText() : value.toString();
  }
}
