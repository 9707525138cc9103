package dev.kindling.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file: a map from tensor names to type, shape and offsets, and
 * {@code __metadata__}, a map of strings. The tensors must tile the data section without gaps.
 * Source: the format's description at github.com/huggingface/safetensors.
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, StoredTensor> tensors) {
  /** The reference implementation's limit; a larger length is a damaged or hostile file. */
  static final long MAX_BYTES = 100_000_000;

  private static final String METADATA = "__metadata__";
  private static final Map<String, Integer> ELEMENT_BYTES =
      Map.ofEntries(
          Map.entry("BOOL", 1),
          Map.entry("U8", 1),
          Map.entry("I8", 1),
          Map.entry("F8_E5M2", 1),
          Map.entry("F8_E4M3", 1),
          Map.entry("I16", 2),
          Map.entry("U16", 2),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("I32", 4),
          Map.entry("U32", 4),
          Map.entry("F32", 4),
          Map.entry("I64", 8),
          Map.entry("U64", 8),
          Map.entry("F64", 8));
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Header of tensors that lie one behind the other in the given order. */
  static SafetensorsHeader of(Map<String, String> metadata, List<TensorSpec> specs) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    long begin = 0;
    for (TensorSpec spec : specs) {
      long end = Math.addExact(begin, spec.bytes());
      tensors.put(
          spec.name(), new StoredTensor(spec.name(), spec.type().name(), spec.shape(), begin, end));
      begin = end;
    }
    return new SafetensorsHeader(metadata, tensors);
  }

  /**
   * Reads a header.
   *
   * @param file name for messages
   * @param dataBytes bytes of the file after the header
   * @throws InvalidInputException naming file, tensor and rule
   */
  static SafetensorsHeader parse(String file, byte[] json, long dataBytes) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException malformed) {
      throw new InvalidInputException(
          "Cannot read " + file + ": its header is not JSON: " + malformed.getOriginalMessage(),
          malformed);
    } catch (IOException unreadable) {
      throw new InvalidInputException(
          "Cannot read " + file + ": its header is not UTF-8", unreadable);
    }
    if (!root.isObject()) {
      throw new InvalidInputException("Cannot read " + file + ": its header is not a JSON object");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      if (entry.getKey().equals(METADATA)) {
        metadata.putAll(metadata(file, entry.getValue()));
      } else {
        tensors.put(entry.getKey(), tensor(file, entry.getKey(), entry.getValue()));
      }
    }
    checkTiling(file, tensors, dataBytes);
    return new SafetensorsHeader(metadata, tensors);
  }

  /** The header as JSON, padded with spaces so that the data begins at a multiple of 8 bytes. */
  byte[] encode() throws IOException {
    ObjectNode root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode strings = root.putObject(METADATA);
      metadata.forEach(strings::put);
    }
    for (StoredTensor tensor : tensors.values()) {
      ObjectNode node = root.putObject(tensor.name()).put("dtype", tensor.dtype());
      tensor.shape().forEach(node.withArray("shape")::add);
      node.putArray("data_offsets").add(tensor.begin()).add(tensor.end());
    }
    byte[] json = JSON.writeValueAsBytes(root);
    byte[] padded = new byte[(json.length + 7) / 8 * 8];
    Arrays.fill(padded, (byte) ' ');
    System.arraycopy(json, 0, padded, 0, json.length);
    return padded;
  }

  private static Map<String, String> metadata(String file, JsonNode node) {
    Map<String, String> strings = new LinkedHashMap<>();
    boolean valid = node.isObject();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      valid &= entry.getValue().isTextual();
      strings.put(entry.getKey(), entry.getValue().asText());
    }
    if (!valid) {
      throw new InvalidInputException(
          "Cannot read " + file + ": " + METADATA + " must map strings to strings");
    }
    return strings;
  }

  private static StoredTensor tensor(String file, String name, JsonNode node) {
    String dtype = node.path("dtype").asText();
    List<Long> shape = longs(file, name, "shape", node.path("shape"));
    List<Long> offsets = longs(file, name, "data_offsets", node.path("data_offsets"));
    if (!ELEMENT_BYTES.containsKey(dtype)) {
      throw refused(file, name, "has dtype '" + dtype + "', known are " + knownTypes());
    }
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw refused(file, name, "has data_offsets " + offsets + ", must be [begin, end]");
    }
    StoredTensor tensor = new StoredTensor(name, dtype, shape, offsets.get(0), offsets.get(1));
    long bytes;
    try {
      bytes = Math.multiplyExact(tensor.size(), ELEMENT_BYTES.get(dtype));
    } catch (ArithmeticException overflow) {
      throw new InvalidInputException(
          refused(file, name, "has shape " + shape + ", larger than 2^63 bytes").getMessage(),
          overflow);
    }
    if (bytes != tensor.end() - tensor.begin()) {
      throw refused(
          file,
          name,
          "of %s %s needs %d bytes, data_offsets %s hold %d"
              .formatted(dtype, shape, bytes, offsets, tensor.end() - tensor.begin()));
    }
    return tensor;
  }

  private static List<Long> longs(String file, String name, String field, JsonNode node) {
    List<Long> values = new ArrayList<>();
    boolean valid = node.isArray();
    for (JsonNode element : node) {
      valid &= element.isIntegralNumber() && element.canConvertToLong() && element.asLong() >= 0;
      values.add(element.asLong());
    }
    if (!valid) {
      throw refused(file, name, "has " + field + " " + node + ", must be a list of integers >= 0");
    }
    return values;
  }

  private static void checkTiling(String file, Map<String, StoredTensor> tensors, long dataBytes) {
    List<StoredTensor> ordered = new ArrayList<>(tensors.values());
    ordered.sort(
        Comparator.comparingLong(StoredTensor::begin).thenComparingLong(StoredTensor::end));
    long end = 0;
    for (StoredTensor tensor : ordered) {
      if (tensor.begin() != end) {
        throw refused(
            file,
            tensor.name(),
            "begins at byte %d, must be %d: tensors may not overlap or leave gaps"
                .formatted(tensor.begin(), end));
      }
      end = tensor.end();
    }
    if (end != dataBytes) {
      throw new InvalidInputException(
          "Cannot read %s: its tensors take %d bytes, the file has %d after the header"
              .formatted(file, end, dataBytes));
    }
  }

  private static String knownTypes() {
    return String.join(", ", ELEMENT_BYTES.keySet().stream().sorted().toList());
  }

  private static InvalidInputException refused(String file, String tensor, String reason) {
    return new InvalidInputException("Cannot read " + file + ": tensor " + tensor + " " + reason);
  }
}
