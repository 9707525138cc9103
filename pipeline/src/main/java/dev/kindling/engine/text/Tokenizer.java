package dev.kindling.engine.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.kindling.check.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Text to tokens and back, by the Hugging Face tokenizers library reading a {@code tokenizer.json}.
 * Safe for use by several threads; holds native memory until closed.
 */
public final class Tokenizer implements AutoCloseable {
  private static final Map<String, String> PLAIN =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  private final HuggingFaceTokenizer library;
  private final Map<String, Integer> addedTokens;
  private final int vocab;

  /**
   * Loads a tokenizer.
   *
   * @param json content of a {@code tokenizer.json}, UTF-8
   * @param source where the content came from, for messages
   * @throws InvalidInputException when the content is not JSON or has no vocabulary
   */
  public Tokenizer(byte[] json, String source) {
    // As for torch: the library would tell its makers of the machine, and fetch what it lacks.
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.offline", "true");
    try {
      JsonElement file = JsonParser.parseString(new String(json, StandardCharsets.UTF_8));
      if (!(file instanceof JsonObject root)
          || !(root.get("model") instanceof JsonObject model)
          || !model.has("vocab")) {
        throw new InvalidInputException(
            "Invalid tokenizer " + source + ": no model.vocab (must be a tokenizer.json)");
      }
      this.addedTokens = addedTokens(root);
      this.vocab = 1 + Math.max(largest(addedTokens.values()), largestId(model.get("vocab")));
      this.library = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), PLAIN);
    } catch (JsonParseException e) {
      throw new InvalidInputException(
          "Invalid tokenizer " + source + ": " + e.getMessage() + " (must be JSON)", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot load tokenizer " + source, e);
    }
  }

  private static Map<String, Integer> addedTokens(JsonObject root) {
    Map<String, Integer> ids = new HashMap<>();
    JsonElement added = root.get("added_tokens");
    if (added != null) {
      for (JsonElement token : added.getAsJsonArray()) {
        JsonObject fields = token.getAsJsonObject();
        ids.put(fields.get("content").getAsString(), fields.get("id").getAsInt());
      }
    }
    return ids;
  }

  private static int largestId(JsonElement vocabulary) {
    if (vocabulary instanceof JsonArray pieces) {
      return pieces.size() - 1; // Unigram lists its pieces in the order of their ids
    }
    return largest(
        vocabulary.getAsJsonObject().asMap().values().stream().map(JsonElement::getAsInt).toList());
  }

  private static int largest(Iterable<Integer> ids) {
    int largest = -1;
    for (int id : ids) {
      largest = Math.max(largest, id);
    }
    return largest;
  }

  /** One more than the largest token id: the rows that a model's embedding needs at least. */
  public int vocab() {
    return vocab;
  }

  /**
   * Tokens of a text. Special tokens spelt out in the text are recognised; none are added around
   * it.
   */
  public int[] encode(String text) {
    return Arrays.stream(library.encode(text, false, false).getIds())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /** Text of tokens, special tokens dropped; bytes that are not UTF-8 become U+FFFD. */
  public String decode(int[] ids) {
    return library.decode(Arrays.stream(ids).asLongStream().toArray(), true);
  }

  /**
   * Id of a token that the file lists under {@code added_tokens}, for example {@code </think>}.
   *
   * @throws InvalidInputException when the file has no such token
   */
  public int addedToken(String content) {
    Integer id = addedTokens.get(content);
    if (id == null) {
      throw new InvalidInputException(
          "Invalid token: " + content + " (must be one of the tokenizer's added_tokens)");
    }
    return id;
  }

  @Override
  public void close() {
    library.close();
  }
}
