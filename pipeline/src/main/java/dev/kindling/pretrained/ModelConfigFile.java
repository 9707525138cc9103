package dev.kindling.pretrained;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.check.InvalidInputException;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.RopeScaling;
import java.nio.charset.StandardCharsets;

/**
 * A policy's shape as the {@code config.json} of transformers, in the spelling of its version 4
 * ({@code rope_theta}, {@code rope_scaling}) or 5 ({@code rope_parameters}). Whatever would make
 * transformers compute something that the engine does not is refused. Keys that the file leaves out
 * are what transformers takes for them, see {@link ModelFamily}.
 */
public final class ModelConfigFile {
  // The shortest digits of a number: Java's own have been these only since Java 19.
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();
  private static final double DEFAULT_EPSILON = 1e-6;
  private static final double DEFAULT_THETA = 10_000;

  private ModelConfigFile() {}

  /**
   * Reads a file for sequences of some length. A sliding window that is no shorter changes nothing.
   *
   * @param mostPositions tokens of the longest sequence that is wanted; the file may allow fewer
   * @param source where the bytes came from, for messages
   * @throws InvalidInputException naming file, key, value and rule
   */
  public static ModelConfig parse(byte[] json, int mostPositions, String source) {
    ModelFields fields = ModelFields.parse(json, source);
    ModelFamily family = family(fields);
    requireFullAttention(fields, family, Math.min(mostPositions, maxPositions(fields, family)));
    return shape(fields, family, mostPositions);
  }

  /**
   * Reads a file for the model's parameters alone, which are the same with any sliding window.
   *
   * @param source where the bytes came from, for messages
   * @throws InvalidInputException naming file, key, value and rule
   */
  static ModelConfig parseAnyWindow(byte[] json, String source) {
    ModelFields fields = ModelFields.parse(json, source);
    return shape(fields, family(fields), Integer.MAX_VALUE);
  }

  private static int maxPositions(ModelFields fields, ModelFamily family) {
    return fields.integer("max_position_embeddings", family.maxPositions());
  }

  private static ModelConfig shape(ModelFields fields, ModelFamily family, int mostPositions) {
    String source = fields.source();
    requirePlain(fields, family);
    int hidden = fields.integer("hidden_size");
    int heads = fields.integer("num_attention_heads");
    fields.require(heads >= 1, "num_attention_heads", "must be >= 1");
    // Null is as many as query heads; a key that is not there, what the family's class says.
    int kvHeads =
        fields.node().has("num_key_value_heads")
            ? fields.integer("num_key_value_heads", heads)
            : family.kvHeads(heads);
    ModelFields rope = rope(fields);
    try {
      return new ModelConfig(
          fields.integer("vocab_size"),
          hidden,
          fields.integer("num_hidden_layers"),
          heads,
          kvHeads,
          fields.integer("head_dim", family.headDim(hidden, heads)),
          fields.integer("intermediate_size"),
          Math.min(mostPositions, maxPositions(fields, family)),
          rope.number("rope_theta", fields.number("rope_theta", DEFAULT_THETA)),
          scaling(rope),
          fields.number("rms_norm_eps", DEFAULT_EPSILON),
          family.qkNorm(),
          family.qkvBias(),
          fields.flag("tie_word_embeddings"));
    } catch (InvalidInputException refused) {
      throw refused.getMessage().contains(source)
          ? refused
          : new InvalidInputException(
              "Cannot read " + source + ": " + refused.getMessage(), refused);
    }
  }

  /** Reads a file for sequences as long as it allows. */
  public static ModelConfig parse(byte[] json, String source) {
    return parse(json, Integer.MAX_VALUE, source);
  }

  private static ModelFamily family(ModelFields fields) {
    ModelFamily family = ModelFamily.ofType(fields.text("model_type", "missing"), fields.source());
    if (fields.has("architectures")) {
      JsonNode architectures = fields.node().get("architectures");
      fields.require(
          architectures.size() == 1 && architectures.path(0).asText().equals(family.architecture()),
          "architectures",
          "must be [\"%s\"] with model_type %s"
              .formatted(family.architecture(), family.modelType()));
    }
    return family;
  }

  /** Refuses what changes the computation in ways that the engine does not have. */
  private static void requirePlain(ModelFields fields, ModelFamily family) {
    fields.require(
        !fields.has("auto_map"), "auto_map", "must be absent: code of a model folder is never run");
    fields.require(
        !fields.has("quantization_config"),
        "quantization_config",
        "must be absent: only F32, F16 and BF16 weights are read");
    fields.require(fields.text("hidden_act", "silu").equals("silu"), "hidden_act", "must be silu");
    // Qwen2's class knows no such key: its biases are always there.
    fields.require(
        family == ModelFamily.QWEN2 || !fields.flag("attention_bias"),
        "attention_bias",
        "must be false: it also biases the output of the attention");
    fields.require(!fields.flag("mlp_bias"), "mlp_bias", "must be false");
    fields.require(
        fields.number("partial_rotary_factor", 1) == 1, "partial_rotary_factor", "must be 1");
  }

  private static void requireFullAttention(ModelFields fields, ModelFamily family, int longest) {
    boolean absent = !fields.node().has("sliding_window");
    boolean windowed = absent ? family.slidingWindow() > 0 : fields.has("sliding_window");
    boolean switchedOff =
        switch (family) {
          case QWEN2, QWEN3 -> !fields.flag("use_sliding_window");
          case LLAMA, MISTRAL -> false;
        };
    boolean slides = windowed && !switchedOff;
    int window = slides ? fields.integer("sliding_window", family.slidingWindow()) : longest;
    String length = "the longest sequence, %d (model.max_positions)".formatted(longest);
    fields.require(
        window >= longest,
        "sliding_window",
        absent
            ? "must be null, or >= %s: %s takes %d where it is left out"
                .formatted(length, family.architecture(), family.slidingWindow())
            : "must be null, use_sliding_window false in a Qwen model, or >= %s: attention is full"
                .formatted(length));
    for (JsonNode type : fields.node().path("layer_types")) {
      boolean full =
          type.asText().equals("full_attention")
              || (slides && type.asText().equals("sliding_attention"));
      fields.require(full, "layer_types", "must all be full_attention");
    }
  }

  /** The keys about rotary positions, wherever they stand but for version 4's rope_theta. */
  private static ModelFields rope(ModelFields fields) {
    ModelFields newer = fields.object("rope_parameters");
    ModelFields older = fields.object("rope_scaling");
    fields.require(
        !fields.has("rope_parameters")
            || !fields.has("rope_scaling")
            || newer.node().equals(older.node()),
        "rope_scaling",
        "must be absent or equal to rope_parameters");
    return fields.has("rope_parameters") ? newer : older;
  }

  private static RopeScaling scaling(ModelFields rope) {
    String key = rope.has("rope_type") || !rope.has("type") ? "rope_type" : "type";
    rope.require(
        rope.number("partial_rotary_factor", 1) == 1, "partial_rotary_factor", "must be 1");
    return switch (rope.text(key, "default")) {
      case "default" -> RopeScaling.NONE;
      case "llama3" ->
          new RopeScaling(
              rope.number("factor"),
              rope.number("low_freq_factor"),
              rope.number("high_freq_factor"),
              rope.integer("original_max_position_embeddings"));
      default -> {
        rope.require(false, key, "must be default or llama3");
        throw new IllegalStateException(key);
      }
    };
  }

  /**
   * The file of a policy that began here, in the spelling that both versions of transformers read.
   *
   * @throws InvalidInputException when no family has such a shape
   */
  public static byte[] json(ModelConfig config) {
    ModelFamily family = ModelFamily.of(config);
    ObjectNode node = JSON.createObjectNode();
    node.putArray("architectures").add(family.architecture());
    node.put("model_type", family.modelType());
    node.put("vocab_size", config.vocab());
    node.put("hidden_size", config.hidden());
    node.put("num_hidden_layers", config.layers());
    node.put("num_attention_heads", config.heads());
    node.put("num_key_value_heads", config.kvHeads());
    node.put("head_dim", config.headDim());
    node.put("intermediate_size", config.intermediate());
    node.put("hidden_act", "silu");
    node.put("max_position_embeddings", config.maxPositions());
    node.put("rope_theta", config.ropeTheta());
    node.set("rope_scaling", ropeScaling(config.ropeScaling()));
    node.put("rms_norm_eps", config.normEps());
    if (family != ModelFamily.QWEN2) {
      node.put("attention_bias", false);
    }
    node.put("tie_word_embeddings", config.tiedHead());
    node.put("torch_dtype", "float32");
    try {
      String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
      return (text + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A tree of numbers and texts is JSON", impossible);
    }
  }

  private static JsonNode ropeScaling(RopeScaling scaling) {
    if (scaling.equals(RopeScaling.NONE)) {
      return JSON.nullNode();
    }
    return JSON.createObjectNode()
        .put("rope_type", "llama3")
        .put("factor", scaling.factor())
        .put("low_freq_factor", scaling.lowFreqFactor())
        .put("high_freq_factor", scaling.highFreqFactor())
        .put("original_max_position_embeddings", scaling.originalMaxPositions());
  }
}
