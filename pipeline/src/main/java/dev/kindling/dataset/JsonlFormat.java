package dev.kindling.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Kindling's own format: one JSON object a line, blank lines passed over. A record's place in the
 * file is the number of its line, 0-based.
 *
 * <ul>
 *   <li>{@code id}: text, unique in the file
 *   <li>{@code prompt}: text, given to the policy as it is in every {@link PromptStyle}: who writes
 *       the prompts also chooses what they tell of the task
 *   <li>{@code answer}: text, or {@code answers}: array of texts, of which the first is y*
 *   <li>{@code rationale}: text, optional
 *   <li>{@code verifier}: name of a verifier, optional; {@code answer_match} when absent, which
 *       compares numbers as numbers and drops nothing of a text
 *   <li>{@code level}: text, optional
 *   <li>{@code context}: object for the verifier, optional; {@code {}} when absent
 * </ul>
 *
 * A record with any other key is rejected, because a misspelt {@code verifier} would train on
 * another reward than the one that was meant.
 */
final class JsonlFormat implements DataSetFormat {
  private static final Set<String> KEYS =
      Set.of("id", "prompt", "answer", "answers", "rationale", "verifier", "level", "context");

  private static final String VERIFIER = "answer_match";

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  @Override
  public void read(
      InputStream file,
      String fileName,
      PromptStyle style,
      Consumer<RawExample> examples,
      Consumer<Rejected> rejections)
      throws IOException {
    RecordSink sink = new RecordSink(fileName, JsonlFormat::parse, examples, rejections);
    // A decoder of its own reports bytes that are not UTF-8; a charset would replace them.
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8.newDecoder()));
    long index = 0;
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          sink.accept(index, MAPPER.readTree(line));
        }
        index++;
      }
    } catch (JsonProcessingException e) {
      throw sink.broken(index, e);
    } catch (CharacterCodingException e) {
      throw sink.broken(index, "the file must be UTF-8", e);
    }
  }

  private static RawExample parse(long record, RecordFields fields) {
    fields
        .object()
        .fieldNames()
        .forEachRemaining(
            key ->
                fields.require(
                    KEYS.contains(key), key, fields.object().get(key), "is not a known key"));
    return new RawExample(
        record,
        fields.text("id"),
        fields.text("prompt"),
        fields.textOr("rationale", ""),
        answers(fields),
        fields.textOr("verifier", VERIFIER),
        context(fields),
        fields.textOr("level", ""));
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
