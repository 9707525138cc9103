package dev.kindling.dataset;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Kindling's own format.
 *
 * <ul>
 *   <li>{@code id}: text, unique in the file
 *   <li>{@code prompt}: text, given to the policy as it is in every {@link PromptStyle}: who writes
 *       the prompts also chooses what they tell of the task; or {@code messages}: array of {@code
 *       role} and {@code content}, a conversation that ends with the user's turn
 *   <li>{@code answer}: text, or {@code answers}: array of texts, of which the first is y*
 *   <li>{@code rationale}: text, optional
 *   <li>{@code verifier}: name of a verifier, optional; {@code answer_match} when absent, which
 *       compares numbers as numbers and drops nothing of a text
 *   <li>{@code level}: text, optional
 *   <li>{@code context}: object for the verifier, optional; {@code {}} when absent
 * </ul>
 *
 * A number in place of an id or an answer is the text that it is written as: {@code 2.50} is not
 * {@code 2.5}.
 *
 * <p>A record with any other key is rejected, because a misspelt {@code verifier} would train on
 * another reward than the one that was meant.
 */
final class JsonlFormat implements RecordFormat {
  private static final Set<String> KEYS =
      Set.of(
          "id",
          "prompt",
          "messages",
          "answer",
          "answers",
          "rationale",
          "verifier",
          "level",
          "context");

  private static final String VERIFIER = "answer_match";
  private static final Set<String> MAY_BE_NUMBERS = Set.of("id", "answer", "answers");

  // Behind a part of a record there are others.
  private static final JsonMapper PARTS = new JsonMapper(LineLimit.factory());

  /** Reads a line, so that its numbers can be texts. */
  static JsonNode record(String line) throws IOException {
    JsonNode record = JsonLinesFile.tree(line);
    if (record instanceof ObjectNode object && hasNumbers(object)) {
      writeNumbersAsTexts(object, line);
    }
    return record;
  }

  private static boolean hasNumbers(ObjectNode record) {
    boolean has = false;
    for (String key : MAY_BE_NUMBERS) {
      has |= record.path(key).isNumber();
      for (JsonNode element : record.path(key)) {
        has |= element.isNumber();
      }
    }
    return has;
  }

  /** Reads the line again, because a number of a tree does not know how it was written. */
  private static void writeNumbersAsTexts(ObjectNode record, String line) throws IOException {
    try (JsonParser parser = PARTS.createParser(line)) {
      parser.nextToken();
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        parser.nextToken();
        if (MAY_BE_NUMBERS.contains(key)) {
          record.set(key, written(parser, key.equals("answers")));
        } else {
          parser.skipChildren();
        }
      }
    }
  }

  /** The value that begins, numbers as texts: one by itself, or those of a list. */
  private static JsonNode written(JsonParser parser, boolean list) throws IOException {
    if (parser.currentToken().isNumeric()) {
      return TextNode.valueOf(parser.getText());
    }
    if (!list || parser.currentToken() != JsonToken.START_ARRAY) {
      return PARTS.readTree(parser);
    }
    ArrayNode elements = PARTS.createArrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(
          parser.currentToken().isNumeric()
              ? TextNode.valueOf(parser.getText())
              : PARTS.<JsonNode>readTree(parser));
    }
    return elements;
  }

  @Override
  public RawExample example(long record, String id, RecordFields fields, PromptStyle style) {
    fields
        .object()
        .fieldNames()
        .forEachRemaining(
            key ->
                fields.require(
                    KEYS.contains(key), key, fields.object().get(key), "is not a known key"));
    Turns turns = turns(fields);
    return new RawExample(
        record,
        id,
        turns.history(),
        turns.prompt(),
        fields.textOr("rationale", ""),
        answers(fields),
        fields.textOr("verifier", VERIFIER),
        context(fields),
        fields.textOr("level", ""));
  }

  private static Turns turns(RecordFields fields) {
    fields.require(
        fields.isAbsent("prompt") || fields.isAbsent("messages"),
        "messages",
        fields.object().path("messages"),
        "must not stand beside prompt");
    return fields.isAbsent("messages")
        ? new Turns(List.of(), fields.text("prompt"))
        : Turns.of(
            "messages",
            fields.objects("messages").stream()
                .map(turn -> new Message(turn.text("role"), turn.textOr("content", "")))
                .toList());
  }

  private static List<String> answers(RecordFields fields) {
    JsonNode many = fields.object().path("answers");
    fields.require(
        fields.isAbsent("answer") || fields.isAbsent("answers"),
        "answers",
        many,
        "must not stand beside answer");
    if (fields.isAbsent("answers")) {
      return List.of(fields.text("answer"));
    }
    List<String> answers = new ArrayList<>(fields.texts("answers"));
    boolean usable = !answers.isEmpty() && answers.stream().noneMatch(String::isBlank);
    fields.require(usable, "answers", many, "must hold at least one text, none blank");
    return answers;
  }

  private static String context(RecordFields fields) {
    return fields.isAbsent("context") ? "{}" : fields.json("context");
  }
}
