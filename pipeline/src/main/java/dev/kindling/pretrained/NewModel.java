package dev.kindling.pretrained;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.engine.model.ModelConfig;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/** The small files of a policy that begins here rather than in a model folder. */
public final class NewModel {
  private static final ObjectMapper JSON = new ObjectMapper();

  private NewModel() {}

  /**
   * The files that {@link ModelFolder#files} of such a model would have.
   *
   * @param tokenizerJson content of {@code tokenizer.json}
   * @param endOfSequence text of the token that ends an answer
   * @param endOfSequenceId its id
   * @throws dev.kindling.check.InvalidInputException when no family has such a shape
   */
  public static SortedMap<String, byte[]> files(
      ModelConfig shape, byte[] tokenizerJson, String endOfSequence, int endOfSequenceId) {
    ObjectNode tokenizer = JSON.createObjectNode();
    tokenizer.put("tokenizer_class", "PreTrainedTokenizerFast");
    tokenizer.put("eos_token", endOfSequence);
    tokenizer.put("clean_up_tokenization_spaces", false);
    tokenizer.put("model_max_length", shape.maxPositions());
    ObjectNode generation = JSON.createObjectNode();
    generation.put("do_sample", true);
    generation.put("eos_token_id", endOfSequenceId);
    SortedMap<String, byte[]> files = new TreeMap<>();
    files.put(ModelFolder.CONFIG, ModelConfigFile.json(shape));
    files.put(ModelFolder.TOKENIZER, tokenizerJson);
    files.put(ModelFolder.TOKENIZER_CONFIG, bytes(tokenizer));
    files.put(ModelFolder.GENERATION_CONFIG, bytes(generation));
    return files;
  }

  private static byte[] bytes(ObjectNode node) {
    return (node.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
