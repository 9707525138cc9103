package dev.kindling.udf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindling.udf.math.Algebra;
import java.util.Comparator;
import java.util.List;

/**
 * JSON that is equal as a value: the order of an object's members, white space and the writing of
 * numbers ({@code 1.0} is {@code 1}, {@code 1e2} is {@code 100}) do not matter; the order of arrays
 * does, and a number is not the string of its digits.
 *
 * <p>What is read is the answer's last fenced block (between lines of three backticks, {@code json}
 * behind the first or not), else all of it. It must be one JSON value as RFC 8259 has it, without
 * repeated names, no deeper than 500 levels and without numbers of more than 400 digits or
 * exponents beyond ±400; anything else is {@code UNPARSEABLE}.
 */
final class JsonEqual implements Rule {
  private static final String FENCE = "```";
  private static final int MOST_LEVELS = 500;
  private static final int MOST_DIGITS = 400;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MOST_LEVELS)
                          .maxNumberLength(MOST_DIGITS)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final Comparator<JsonNode> AS_VALUES =
      (one, other) ->
          one.isNumber() && other.isNumber()
              ? one.decimalValue().compareTo(other.decimalValue())
              : one.equals(other) ? 0 : 1;

  @Override
  public Judgement judge(List<String> goldAnswers, String context, String answer, Algebra algebra) {
    String text = block(answer);
    JsonNode value;
    try {
      value = read(text);
    } catch (JsonProcessingException | IllegalArgumentException unreadable) {
      return Judgement.unparseable("the answer is not JSON that can be compared");
    }
    for (String gold : goldAnswers) {
      if (gold(gold).equals(AS_VALUES, value)) {
        return Judgement.correct(text);
      }
    }
    return Judgement.wrong(text, "the value is not a gold answer");
  }

  @Override
  public boolean isSame(String context, String one, String other, Algebra algebra) {
    return gold(one).equals(AS_VALUES, gold(other));
  }

  private static JsonNode gold(String gold) {
    try {
      return read(gold);
    } catch (JsonProcessingException | IllegalArgumentException unreadable) {
      throw new IllegalArgumentException(
          "gold answer '" + gold + "' is not JSON that can be compared", unreadable);
    }
  }

  private static String block(String answer) {
    int end = answer.lastIndexOf(FENCE);
    int start = end < 0 ? -1 : answer.lastIndexOf(FENCE, end - 1);
    if (start < 0) {
      return AnswerText.strip(answer);
    }
    String inside = answer.substring(start + FENCE.length(), end);
    int line = inside.indexOf('\n');
    boolean hasName = line >= 0 && inside.substring(0, line).strip().matches("(?i)json|");
    return AnswerText.strip(hasName ? inside.substring(line) : inside);
  }

  private static JsonNode read(String text) throws JsonProcessingException {
    JsonNode value = MAPPER.readTree(text);
    if (value.isMissingNode()) {
      throw new IllegalArgumentException("there is no value");
    }
    requireShortNumbers(value);
    return value;
  }

  /** Comparing 1 with 1e999999999 would write out its zeros. */
  private static void requireShortNumbers(JsonNode value) {
    if (value.isNumber()) {
      boolean isShort =
          value.decimalValue().precision() <= MOST_DIGITS
              && Math.abs((long) value.decimalValue().scale()) <= MOST_DIGITS;
      if (!isShort) {
        throw new IllegalArgumentException("a number of more than " + MOST_DIGITS + " digits");
      }
    }
    value.forEach(JsonEqual::requireShortNumbers);
  }
}
