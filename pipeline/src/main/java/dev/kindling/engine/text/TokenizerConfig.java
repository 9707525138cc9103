package dev.kindling.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a model folder says of text besides {@code tokenizer.json}, read as transformers reads it.
 *
 * @param specialTokens texts of {@code bos_token}, {@code eos_token} and the like by name, as
 *     templates know them; only those that the model has
 * @param chatTemplate text of the chat template: {@code chat_template.jinja}, else that of {@code
 *     tokenizer_config.json}, of several the one named {@code default}
 * @param addsBos whether {@code bos_token} starts a text; empty where {@code tokenizer.json}
 *     decides
 * @param endOfSequence ids of the tokens that end a text as {@code eos_token_id} lists them, by the
 *     file, {@code generation_config.json} first; only files that list any
 */
public record TokenizerConfig(
    Map<String, JsonNode> specialTokens,
    Optional<String> chatTemplate,
    Optional<Boolean> addsBos,
    Map<String, List<Integer>> endOfSequence) {
  private static final String CONFIG = "tokenizer_config.json";
  private static final String ENDS = "eos_token_id";
  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> SPECIAL =
      Set.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  /** Tokenizers of transformers that put these tokens around a text whatever the file says. */
  private static final Set<String> DECIDES_BOS =
      Set.of("LlamaTokenizer", "LlamaTokenizerFast", "GemmaTokenizer", "GemmaTokenizerFast");

  /**
   * Reads the files that there are; a folder may have none of them.
   *
   * @param files content of the folder's small files by name
   * @param folder the folder, for messages
   * @throws InvalidInputException when a file is not JSON, its chat templates have no default, or
   *     an {@code eos_token_id} is no token's
   */
  public static TokenizerConfig read(Map<String, byte[]> files, String folder) {
    JsonNode config = json(files, folder, CONFIG);
    Map<String, JsonNode> special = new LinkedHashMap<>();
    specialTokens(json(files, folder, "special_tokens_map.json"), special);
    specialTokens(config, special);
    Optional<String> file =
        Optional.ofNullable(files.get("chat_template.jinja"))
            .map(text -> new String(text, StandardCharsets.UTF_8));
    Map<String, List<Integer>> ends = new LinkedHashMap<>();
    for (String name : List.of("generation_config.json", "config.json")) {
      List<Integer> ids = ids(json(files, folder, name).path(ENDS), folder + "/" + name);
      if (!ids.isEmpty()) {
        ends.put(name, ids);
      }
    }
    return new TokenizerConfig(
        special,
        file.isPresent() ? file : embedded(config.path("chat_template"), folder),
        addsBos(config),
        ends);
  }

  private static JsonNode json(Map<String, byte[]> files, String folder, String name) {
    byte[] content = files.get(name);
    if (content == null) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(content);
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot read " + folder + "/" + name + ": " + e.getMessage() + " (must be JSON)", e);
    }
  }

  /** A token is written as its text, or as an object with its content. */
  private static void specialTokens(JsonNode config, Map<String, JsonNode> special) {
    for (String name : SPECIAL) {
      JsonNode token = config.path(name);
      JsonNode content = token.isObject() ? token.path("content") : token;
      if (content.isTextual()) {
        special.put(name, content);
      }
    }
    JsonNode more = config.path("additional_special_tokens");
    if (more.isArray() && !more.isEmpty()) {
      special.put("additional_special_tokens", more);
    }
  }

  private static Optional<String> embedded(JsonNode template, String folder) {
    if (!template.isArray()) {
      return template.isTextual() ? Optional.of(template.asText()) : Optional.empty();
    }
    List<String> names = new ArrayList<>();
    for (JsonNode named : template) {
      if (named.path("name").asText().equals("default")) {
        return Optional.of(named.path("template").asText());
      }
      names.add(named.path("name").asText());
    }
    throw new InvalidInputException(
        "Invalid chat_template of %s/%s: %s (must have one named default)"
            .formatted(folder, CONFIG, names));
  }

  private static Optional<Boolean> addsBos(JsonNode config) {
    if (!DECIDES_BOS.contains(config.path("tokenizer_class").asText())) {
      return Optional.empty();
    }
    return Optional.of(config.path("add_bos_token").asBoolean(true));
  }

  private static List<Integer> ids(JsonNode listed, String source) {
    if (listed.isMissingNode() || listed.isNull()) {
      return List.of();
    }
    List<Integer> ends = new ArrayList<>();
    for (JsonNode id : listed.isArray() ? listed : List.of(listed)) {
      if (!id.isInt() || id.asInt() < 0) {
        throw new InvalidInputException(
            "Invalid %s in %s: %s (must be an integer >= 0, or a list of them)"
                .formatted(ENDS, source, listed));
      }
      ends.add(id.asInt());
    }
    return ends;
  }

  /** The text of a special token. */
  public Optional<String> special(String name) {
    return Optional.ofNullable(specialTokens.get(name))
        .filter(TextNode.class::isInstance)
        .map(JsonNode::asText);
  }

  /**
   * Tokens that a prompt of plain text starts with.
   *
   * @throws InvalidInputException when the model wants a {@code bos_token} and has none
   */
  public int[] startOfText(Tokenizer tokenizer) {
    if (addsBos.isEmpty()) {
      return tokenizer.startOfText();
    }
    if (!addsBos.get()) {
      return new int[0];
    }
    String bos =
        special("bos_token")
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "Missing bos_token in " + CONFIG + " (its tokenizer_class adds one)"));
    return new int[] {tokenizer.token("bos_token", bos)};
  }

  /**
   * Tokens of which any ends an answer: all that the files name, for a model whose files disagree
   * writes any of them. The first closes a gold answer: what {@code eos_token} names, the end of a
   * turn in chat models, else the first that is listed.
   *
   * @param named text of the only one, as a setting names it
   * @param vocab tokens that the policy can draw
   * @throws InvalidInputException when neither the setting nor the model names one, or the model
   *     one that the policy cannot draw
   */
  public int[] endOfSequence(Tokenizer tokenizer, Optional<String> named, int vocab) {
    if (named.isPresent()) {
      return new int[] {tokenizer.token("sampler.end_of_sequence", named.get())};
    }
    Set<Integer> ends = new LinkedHashSet<>();
    special("eos_token").map(text -> tokenizer.token("eos_token", text)).ifPresent(ends::add);
    Check check = new Check();
    endOfSequence.forEach(
        (file, ids) -> {
          check.that(
              ids.stream().allMatch(id -> id < vocab),
              ENDS + " in " + file,
              ids,
              "must be < the policy's vocabulary, " + vocab);
          ends.addAll(ids);
        });
    check.done();
    if (ends.isEmpty()) {
      throw new InvalidInputException(
          "Missing sampler.end_of_sequence (the model has neither eos_token_id nor eos_token)");
    }
    return ends.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * A sentence where the file that transformers would ask lacks an end that another has; empty
   * where the others only repeat it.
   *
   * @param ends what {@link #endOfSequence(Tokenizer, Optional, int)} gave without a setting
   */
  public Optional<String> disagreement(int[] ends) {
    Optional<List<Integer>> first = endOfSequence.values().stream().findFirst();
    if (first.isEmpty() || Arrays.stream(ends).allMatch(first.get()::contains)) {
      return Optional.empty();
    }
    Stream<String> files =
        endOfSequence.entrySet().stream().map(file -> file.getKey() + " " + file.getValue());
    Stream<String> token =
        special("eos_token").stream().map(text -> "eos_token [" + ends[0] + "], " + text);
    return Optional.of(
        "The model's files name different ends of an answer (%s): it ends at any of them, y* with %d"
            .formatted(Stream.concat(files, token).collect(Collectors.joining("; ")), ends[0]));
  }
}
