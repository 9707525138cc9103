package dev.kindling.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.udf.Judgement;
import dev.kindling.udf.Verdict;
import dev.kindling.udf.Verifiers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The verifier of mathematics against the verdicts of five published graders and their test suites.
 * The folder of the cases is the system property {@code kindling.golden.verifiers}, else the one
 * beside the tests.
 */
class MathGoldenTest {
  private static final Path FOLDER =
      Path.of(
          System.getProperty("kindling.golden.verifiers", "src/test/resources/golden/verifiers"));

  private static final Pattern SCIENTIFIC = Pattern.compile("-?[0-9.]+e[-+]?[0-9]+");

  /** A case that the verifier decides otherwise than is expected. */
  private record Deviation(String id, boolean expected, Judgement judgement) {}

  private static List<JsonNode> cases(Predicate<JsonNode> wanted) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    List<JsonNode> cases = new ArrayList<>();
    for (String line : Files.readAllLines(FOLDER.resolve("math.jsonl"))) {
      JsonNode golden = mapper.readTree(line);
      if (wanted.test(golden)) {
        cases.add(golden);
      }
    }
    return cases;
  }

  private static List<Deviation> deviations(List<JsonNode> cases) {
    List<Deviation> deviations = new ArrayList<>();
    for (JsonNode golden : cases) {
      boolean expected = golden.get("expected").asBoolean();
      Judgement judgement = judge("math", golden.get("gold").asText(), golden);
      if ((judgement.verdict() == Verdict.CORRECT) != expected) {
        deviations.add(new Deviation(golden.get("case").asText(), expected, judgement));
      }
    }
    return deviations;
  }

  private static Judgement judge(String verifier, String gold, JsonNode golden) {
    return Verifiers.judge(verifier, List.of(gold), "{}", golden.get("prediction").asText());
  }

  private static boolean isConsensus(JsonNode golden) {
    return golden.path("consensus").asBoolean();
  }

  /** The graders do not know that 1.39e-10 is a number; they agree that it differs. */
  private static boolean isScientific(JsonNode golden) {
    return SCIENTIFIC.matcher(golden.path("gold").asText()).matches()
        && golden.get("prediction").asText().contains("\\times 10^");
  }

  @Test
  void wherePublishedGradersAgreeSoDoesThisOne() throws IOException {
    List<JsonNode> cases = cases(golden -> isConsensus(golden) && !isScientific(golden));
    assertThat(cases).as("cases in %s", FOLDER).isNotEmpty();
    assertThat(deviations(cases)).hasSizeLessThanOrEqualTo(cases.size() / 100);
  }

  @Test
  void scientificNotationIsANumberInBothWritings() throws IOException {
    for (JsonNode golden : cases(MathGoldenTest::isScientific)) {
      assertThat(judge("math", golden.get("gold").asText(), golden).verdict())
          .as(golden.toString())
          .isEqualTo(Verdict.CORRECT);
    }
  }

  @Test
  void theGradersOwnTestsHoldBy95Percent() throws IOException {
    Predicate<JsonNode> suite =
        golden -> golden.get("dataset").asText().endsWith("suite") && !golden.has("suspect");
    List<JsonNode> cases =
        cases(suite.and(golden -> !golden.get("kind").asText().equals("string_extraction")));
    assertThat(cases).as("cases in %s", FOLDER).isNotEmpty();
    List<Deviation> deviations = deviations(cases);
    List<JsonNode> letters =
        cases(suite.and(golden -> golden.get("kind").asText().equals("string_extraction")));
    for (JsonNode golden : letters) {
      Judgement judgement = judge("multiple_choice", "A", golden);
      String expected = golden.get("expected").isEmpty() ? null : letter(golden);
      if (!Objects.equals(judgement.extracted(), expected)) {
        deviations.add(new Deviation(golden.get("case").asText(), true, judgement));
      }
    }
    assertThat(deviations).hasSizeLessThanOrEqualTo((cases.size() + letters.size()) / 20);
  }

  private static String letter(JsonNode golden) {
    return golden.get("expected").get(1).asText();
  }

  @Test
  void noCaseIsAFault() throws IOException {
    for (JsonNode golden :
        cases(golden -> !golden.get("gold").asText().isBlank() && golden.get("gold").isTextual())) {
      assertThat(judge("math", golden.get("gold").asText(), golden).verdict().isEvidence())
          .as(golden.get("case").asText())
          .isTrue();
    }
  }
}
