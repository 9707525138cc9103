package dev.kindling.engine.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.kindling.check.Check;
import dev.kindling.check.HalfPair;
import dev.kindling.check.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Text to tokens and back, by the Hugging Face tokenizers library reading a {@code tokenizer.json}.
 * Safe for use by several threads; holds native memory until closed.
 */
public final class Tokenizer implements AutoCloseable {
  /** Longest text that is made into tokens, in chars: a gigabyte of heap has room for those. */
  public static final int MOST_CHARS = 10_000_000;

  // The largest vocabularies have some hundred thousand tokens.
  private static final int MOST_TOKENS = 1 << 24;
  private static final Pattern ID = Pattern.compile("[0-9]{1,8}");
  private static final Map<String, String> PLAIN =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  private final HuggingFaceTokenizer library;
  private final int vocab;

  /**
   * Loads a tokenizer.
   *
   * @param json content of a {@code tokenizer.json}, UTF-8
   * @param source where the content came from, for messages
   * @throws InvalidInputException when the content is not JSON, has no vocabulary, or an id that no
   *     vocabulary has
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
      int added = largestAdded(root.get("added_tokens"), source);
      this.vocab = 1 + Math.max(added, largestId(model.get("vocab"), source));
      this.library = library(json, source);
    } catch (JsonParseException e) {
      throw new InvalidInputException(
          "Invalid tokenizer " + source + ": " + e.getMessage() + " (must be JSON)", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot load tokenizer " + source, e);
    }
  }

  private static HuggingFaceTokenizer library(byte[] json, String source) throws IOException {
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), PLAIN);
    } catch (RuntimeException e) {
      throw new InvalidInputException(
          "Invalid tokenizer " + source + ": " + e.getMessage() + " (must be a tokenizer.json)", e);
    }
  }

  private static int largestAdded(JsonElement added, String source) {
    int largest = -1;
    if (added instanceof JsonArray tokens) {
      for (JsonElement token : tokens) {
        JsonObject fields = token instanceof JsonObject object ? object : new JsonObject();
        largest = Math.max(largest, id(fields.get("id"), fields.get("content"), source));
      }
    }
    return largest;
  }

  private static int largestId(JsonElement vocabulary, String source) {
    int largest = -1;
    if (vocabulary instanceof JsonArray pieces) {
      largest = pieces.size() - 1; // Unigram lists its pieces in the order of their ids
    } else if (vocabulary instanceof JsonObject ids) {
      for (Map.Entry<String, JsonElement> token : ids.entrySet()) {
        largest = Math.max(largest, id(token.getValue(), token.getKey(), source));
      }
    }
    return largest;
  }

  private static int id(JsonElement id, Object token, String source) {
    String text = String.valueOf(id);
    if (!ID.matcher(text).matches() || Integer.parseInt(text) >= MOST_TOKENS) {
      throw new InvalidInputException(
          "Invalid tokenizer %s: token %s has id %s (must be an integer in [0, %d))"
              .formatted(source, Check.shown(token), Check.shown(text), MOST_TOKENS));
    }
    return Integer.parseInt(text);
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
    return encode(text, false);
  }

  /**
   * Tokens of a text.
   *
   * @param addSpecialTokens whether the tokens that the file's post-processor puts around a text
   *     are added
   * @throws InvalidInputException when the text has half a surrogate pair, for which there is none,
   *     or more than {@link #MOST_CHARS}
   */
  public int[] encode(String text, boolean addSpecialTokens) {
    int half = HalfPair.find(text);
    new Check()
        .that(half < 0, "text", "no tokens", HalfPair.rule(half))
        .that(
            text.length() <= MOST_CHARS,
            "text",
            text.length() + " characters",
            "must have at most " + MOST_CHARS + " to be made into tokens")
        .done();
    // Not by the library's own class: it also makes texts and spans of tokens, a hundred bytes for
    // each, and where the heap has no room for them its native code ends the process.
    long encoding = TokenizersLibrary.LIB.encode(library.getHandle(), text, addSpecialTokens);
    try {
      return Arrays.stream(TokenizersLibrary.LIB.getTokenIds(encoding))
          .mapToInt(Math::toIntExact)
          .toArray();
    } finally {
      TokenizersLibrary.LIB.deleteEncoding(encoding);
    }
  }

  /** The tokens that the file's post-processor puts before a text; none, or its start token. */
  public int[] startOfText() {
    int[] text = encode("a", false);
    int[] whole = encode("a", true);
    int start = 0;
    while (!Arrays.equals(whole, start, start + text.length, text, 0, text.length)) {
      start++;
    }
    return Arrays.copyOf(whole, start);
  }

  /**
   * Text of tokens, special tokens dropped; bytes that are not UTF-8 become U+FFFD, and ids that
   * only pad a model's vocabulary nothing.
   */
  public String decode(int[] ids) {
    return decode(ids, true);
  }

  /** The same, keeping special tokens where wanted. */
  public String decode(int[] ids, boolean skipSpecialTokens) {
    long[] known = Arrays.stream(ids).filter(id -> id < vocab).asLongStream().toArray();
    return library.decode(known, skipSpecialTokens);
  }

  /**
   * Id of the one token that a text is, for example {@code </think>}.
   *
   * @param name what the text is for, for the message
   * @throws InvalidInputException when the text is several tokens, naming them, or none
   */
  public int token(String name, String text) {
    int[] ids = encode(text);
    if (ids.length != 1 || !decode(ids, false).equals(text)) {
      String pieces =
          Arrays.stream(ids)
              .mapToObj(id -> "'" + decode(new int[] {id}, false) + "'")
              .collect(Collectors.joining(", "));
      throw new InvalidInputException(
          "Invalid %s: %s (must be one token of the tokenizer, which makes %s of it)"
              .formatted(name, text, pieces.isEmpty() ? "none" : pieces));
    }
    return ids[0];
  }

  @Override
  public void close() {
    library.close();
  }
}
