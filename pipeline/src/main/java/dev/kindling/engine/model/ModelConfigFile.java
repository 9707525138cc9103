package dev.kindling.engine.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A policy's shape as the {@code config.json} that Hugging Face models have. */
public final class ModelConfigFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelConfigFile() {}

  /** The shape as JSON; the architecture named is the one whose parameters the policy has. */
  public static byte[] json(ModelConfig config) {
    String family = config.qkNorm() ? "Qwen3" : config.qkvBias() ? "Qwen2" : "Llama";
    ObjectNode node = JSON.createObjectNode();
    node.putArray("architectures").add(family + "ForCausalLM");
    node.put("model_type", family.toLowerCase(Locale.ROOT));
    node.put("vocab_size", config.vocab());
    node.put("hidden_size", config.hidden());
    node.put("num_hidden_layers", config.layers());
    node.put("num_attention_heads", config.heads());
    node.put("num_key_value_heads", config.kvHeads());
    node.put("head_dim", config.headDim());
    node.put("intermediate_size", config.intermediate());
    node.put("max_position_embeddings", config.maxPositions());
    node.put("rope_theta", config.ropeTheta());
    node.put("rms_norm_eps", config.normEps());
    node.put("qk_norm", config.qkNorm());
    node.put("attention_bias", config.qkvBias());
    node.put("tie_word_embeddings", config.tiedHead());
    return (node.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @param source where the bytes came from, for messages
   * @throws InvalidInputException naming the key that is missing or wrong
   */
  public static ModelConfig parse(byte[] json, String source) {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("Cannot read " + source + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read " + source + ": " + e.getMessage(), e);
    }
    return new ModelConfig(
        integer(node, "vocab_size", source),
        integer(node, "hidden_size", source),
        integer(node, "num_hidden_layers", source),
        integer(node, "num_attention_heads", source),
        integer(node, "num_key_value_heads", source),
        integer(node, "head_dim", source),
        integer(node, "intermediate_size", source),
        integer(node, "max_position_embeddings", source),
        number(node, "rope_theta", source),
        number(node, "rms_norm_eps", source),
        flag(node, "qk_norm", source),
        flag(node, "attention_bias", source),
        flag(node, "tie_word_embeddings", source));
  }

  private static int integer(JsonNode node, String key, String source) {
    return require(node.path(key).isInt(), node, key, source, "an integer").asInt();
  }

  private static double number(JsonNode node, String key, String source) {
    return require(node.path(key).isNumber(), node, key, source, "a number").asDouble();
  }

  private static boolean flag(JsonNode node, String key, String source) {
    return require(node.path(key).isBoolean(), node, key, source, "true or false").asBoolean();
  }

  private static JsonNode require(
      boolean holds, JsonNode node, String key, String source, String rule) {
    if (!holds) {
      throw new InvalidInputException(
          "Invalid %s in %s: %s (must be %s)".formatted(key, source, node.path(key), rule));
    }
    return node.get(key);
  }
}
