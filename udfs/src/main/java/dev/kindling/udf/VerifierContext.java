package dev.kindling.udf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The JSON object that a record gives its verifier besides the gold answers. */
final class VerifierContext {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private VerifierContext() {}

  /**
   * Reads a context.
   *
   * @param context null or blank for an empty one
   * @throws IllegalArgumentException if it is no JSON object
   */
  static JsonNode read(String context) {
    if (context == null || context.isBlank()) {
      return MAPPER.createObjectNode();
    }
    try {
      JsonNode object = MAPPER.readTree(context);
      if (object.isObject()) {
        return object;
      }
    } catch (JsonProcessingException damaged) {
      throw new IllegalArgumentException("the context is no JSON object", damaged);
    }
    throw new IllegalArgumentException("the context is no JSON object");
  }
}
