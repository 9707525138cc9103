package dev.kindling.udf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Overlap of the facts that an answer names as its support with the gold ones, as sets: HotpotQA's
 * {@code [title, sentence]} and MuSiQue's numbers of paragraphs. For evaluation; never a reward.
 *
 * @param em 1 if both sets are the same, two empty ones as well; else 0
 * @param f1 harmonic mean of precision and recall, 0 where no fact is common, in [0, 1]
 * @param precision share of the named facts that are gold, in [0, 1]
 * @param recall share of the gold facts that are named, in [0, 1]
 */
public record SupportingFacts(double em, double f1, double precision, double recall) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final SupportingFacts NONE = new SupportingFacts(0, 0, 0, 0);

  /**
   * Compares two JSON arrays.
   *
   * @param facts those that the answer names; anything but an array of at most {@link
   *     Verifiers#MAX_ANSWER_CHARS} characters names none of the gold ones
   * @throws IllegalArgumentException if the gold facts are no JSON array
   */
  public static SupportingFacts of(String gold, String facts) {
    Set<String> wanted =
        read(gold)
            .orElseThrow(
                () -> new IllegalArgumentException("the gold facts are no JSON array: " + gold));
    if (facts == null || facts.length() > Verifiers.MAX_ANSWER_CHARS) {
      return NONE;
    }
    return read(facts).map(named -> of(wanted, named)).orElse(NONE);
  }

  private static SupportingFacts of(Set<String> gold, Set<String> named) {
    double em = gold.equals(named) ? 1 : 0;
    double common = named.stream().filter(gold::contains).count();
    if (common == 0) {
      return new SupportingFacts(em, 0, 0, 0);
    }
    double precision = common / named.size();
    double recall = common / gold.size();
    return new SupportingFacts(
        em, 2 * precision * recall / (precision + recall), precision, recall);
  }

  /**
   * HotpotQA's joint figures of an answer and its facts: precisions and recalls multiplied.
   *
   * @param answerEm 1 if the answer is exactly right, else 0
   */
  public SupportingFacts joint(double answerEm, AnswerF1 answer) {
    double jointPrecision = precision * answer.precision();
    double jointRecall = recall * answer.recall();
    double sum = jointPrecision + jointRecall;
    double joint = sum == 0 ? 0 : 2 * jointPrecision * jointRecall / sum;
    return new SupportingFacts(em * answerEm, joint, jointPrecision, jointRecall);
  }

  /** The elements of an array, a number and its digits as the same. */
  private static Optional<Set<String>> read(String json) {
    try {
      JsonNode array = MAPPER.readTree(json);
      if (!array.isArray()) {
        return Optional.empty();
      }
      Set<String> facts = new HashSet<>();
      for (JsonNode fact : array) {
        StringBuilder text = new StringBuilder();
        if (fact.isArray()) {
          fact.forEach(part -> text.append(part.asText()).append('\u0000'));
        } else {
          text.append(fact.asText());
        }
        facts.add(text.toString());
      }
      return Optional.of(facts);
    } catch (JsonProcessingException damaged) {
      return Optional.empty();
    }
  }
}
