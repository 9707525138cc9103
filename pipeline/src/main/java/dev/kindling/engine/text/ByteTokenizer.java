package dev.kindling.engine.text;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.kindling.check.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;

/**
 * Writes the {@code tokenizer.json} of a tokenizer that has one token per byte: byte-level BPE
 * without merges, the form that the Hugging Face library reads. Over all 256 bytes any text comes
 * back unchanged; over the characters of a small alphabet a toy model needs few embedding rows, and
 * every other byte becomes {@link #UNKNOWN}.
 *
 * <p>Ids: {@link #PAD} 0, {@link #END_OF_SEQUENCE} 1, {@link #END_OF_THINKING} 2, {@link #UNKNOWN}
 * 3, then the bytes in ascending order.
 */
public final class ByteTokenizer {
  /** Fills rows of unequal length; id 0. */
  public static final String PAD = "<pad>";

  /** Ends an answer; id 1. */
  public static final String END_OF_SEQUENCE = "<|endoftext|>";

  /** Ends a rationale; id 2. */
  public static final String END_OF_THINKING = "</think>";

  /** Stands for a byte that is not in the alphabet; id 3. */
  public static final String UNKNOWN = "<unk>";

  private static final List<String> SPECIAL =
      List.of(PAD, END_OF_SEQUENCE, END_OF_THINKING, UNKNOWN);

  private ByteTokenizer() {}

  /** The file for any text: 256 byte tokens. */
  public static byte[] ofAllBytes() {
    BitSet bytes = new BitSet(256);
    bytes.set(0, 256);
    return json(bytes);
  }

  /**
   * The file for text over a few characters, one token each.
   *
   * @param characters ASCII characters in any order
   * @throws InvalidInputException when a character needs more than one byte, or there is none
   */
  public static byte[] of(String characters) {
    if (characters.isEmpty()) {
      throw new InvalidInputException("Invalid alphabet: \"\" (must have a character)");
    }
    BitSet bytes = new BitSet(256);
    for (int i = 0; i < characters.length(); i++) {
      char character = characters.charAt(i);
      if (character > 127) {
        throw new InvalidInputException(
            "Invalid alphabet character: " + character + " (must be ASCII, so one byte)");
      }
      bytes.set(character);
    }
    return json(bytes);
  }

  private static byte[] json(BitSet bytes) {
    JsonArray added = new JsonArray();
    JsonObject vocabulary = new JsonObject();
    for (String content : SPECIAL) {
      added.add(special(added.size(), content));
      vocabulary.addProperty(content, vocabulary.size());
    }
    bytes.stream()
        .forEach(b -> vocabulary.addProperty(String.valueOf(visible(b)), vocabulary.size()));
    JsonObject model = new JsonObject();
    model.addProperty("type", "BPE");
    model.addProperty("unk_token", UNKNOWN);
    model.addProperty("fuse_unk", false);
    model.addProperty("byte_fallback", false);
    model.add("vocab", vocabulary);
    model.add("merges", new JsonArray());
    JsonObject root = new JsonObject();
    root.addProperty("version", "1.0");
    root.add("truncation", JsonNull.INSTANCE);
    root.add("padding", JsonNull.INSTANCE);
    root.add("added_tokens", added);
    root.add("normalizer", JsonNull.INSTANCE);
    root.add("pre_tokenizer", byteLevel());
    root.add("post_processor", JsonNull.INSTANCE);
    root.add("decoder", byteLevel());
    root.add("model", model);
    return new GsonBuilder()
        .serializeNulls()
        .disableHtmlEscaping()
        .setPrettyPrinting()
        .create()
        .toJson(root)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static JsonObject special(int id, String content) {
    JsonObject token = new JsonObject();
    token.addProperty("id", id);
    token.addProperty("content", content);
    token.addProperty("single_word", false);
    token.addProperty("lstrip", false);
    token.addProperty("rstrip", false);
    token.addProperty("normalized", false);
    token.addProperty("special", true);
    return token;
  }

  private static JsonObject byteLevel() {
    JsonObject step = new JsonObject();
    step.addProperty("type", "ByteLevel");
    step.addProperty("add_prefix_space", false);
    step.addProperty("trim_offsets", true);
    step.addProperty("use_regex", false);
    return step;
  }

  /**
   * The printable character that stands for a byte in byte-level vocabularies (GPT-2): itself where
   * Latin-1 prints it, else the next free one from U+0100 on.
   */
  private static char visible(int value) {
    if (prints(value)) {
      return (char) value;
    }
    int hidden = 0;
    for (int b = 0; b < value; b++) {
      hidden += prints(b) ? 0 : 1;
    }
    return (char) (256 + hidden);
  }

  private static boolean prints(int value) {
    return (value >= '!' && value <= '~') || (value >= 0xA1 && value != 0xAD);
  }
}
