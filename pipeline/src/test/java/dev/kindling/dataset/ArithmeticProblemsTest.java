package dev.kindling.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The quick start's problems. */
class ArithmeticProblemsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void theAnswerHasExactlyTheFeaturesThatThePromptNames() throws JsonProcessingException {
    for (String line : new ArithmeticProblems(3).pretraining(500)) {
      JsonNode problem = JSON.readTree(line);
      String prompt = problem.get("prompt").asText();
      String answer = problem.get("answer").asText();
      String letters = prompt.contains(":") ? prompt.substring(0, prompt.indexOf(':')) : "";
      assertThat(answer.startsWith("<")).isEqualTo(letters.contains("a"));
      assertThat(answer.contains("_")).isEqualTo(letters.contains("c"));
      assertThat(answer.endsWith(">")).isEqualTo(letters.contains("d"));
    }
  }

  @Test
  void theRationaleWorksTheProblemOutAndEndsInTheAnswer() throws JsonProcessingException {
    for (String line : new ArithmeticProblems(4).pretraining(500)) {
      JsonNode problem = JSON.readTree(line);
      String prompt = problem.get("prompt").asText().replaceFirst("^[acd]*:", "");
      String[] numbers = prompt.replace("?", "").split("[+-]", -1);
      int sum = Integer.parseInt(numbers[0]) + Integer.parseInt(numbers[1]);
      int result = sum - Integer.parseInt(numbers[2]);
      assertThat(problem.get("rationale").asText())
          .isEqualTo(
              numbers[0]
                  + "+"
                  + numbers[1]
                  + "="
                  + sum
                  + ";"
                  + sum
                  + "-"
                  + numbers[2]
                  + "="
                  + result);
      assertThat(problem.get("answer").asText().replaceAll("[<_>]", "")).isEqualTo("" + result);
    }
  }

  @Test
  void heldOutProblemsAreInNoTraining() throws JsonProcessingException {
    ArithmeticProblems problems = new ArithmeticProblems(5);
    Set<String> held = prompts(problems.task(128, true));
    assertThat(held).hasSize(128);
    assertThat(prompts(problems.task(1000, false))).doesNotContainAnyElementsOf(held);
    Set<String> pretrained = new HashSet<>();
    for (String prompt : prompts(problems.pretraining(5000))) {
      pretrained.add(prompt.replaceFirst("^[acd]*:", ""));
    }
    assertThat(pretrained).doesNotContainAnyElementsOf(held);
  }

  @Test
  void noPromptComesTwiceInAFile() throws JsonProcessingException {
    ArithmeticProblems problems = new ArithmeticProblems(1);
    assertThat(prompts(problems.pretraining(12_000))).hasSize(12_000);
    assertThat(prompts(problems.task(1000, false))).hasSize(1000);
    assertThat(prompts(problems.task(128, true))).hasSize(128);
  }

  @Test
  void theTaskWantsAllFeaturesOfAPromptThatNamesNone() throws JsonProcessingException {
    for (String line : new ArithmeticProblems(6).task(100, false)) {
      JsonNode problem = JSON.readTree(line);
      assertThat(problem.get("prompt").asText()).matches("[0-9]{2}\\+[0-9]-[0-9]\\?");
      assertThat(problem.get("answer").asText()).matches("<[0-9]_[0-9]>");
      assertThat(problem.has("rationale")).isFalse();
    }
  }

  @Test
  void everyCharacterIsInTheAlphabet() throws JsonProcessingException {
    for (String line : new ArithmeticProblems(7).pretraining(200)) {
      JsonNode problem = JSON.readTree(line);
      for (String key : List.of("prompt", "rationale", "answer")) {
        assertThat(problem.get(key).asText().chars())
            .allMatch(c -> ArithmeticProblems.ALPHABET.indexOf(c) >= 0);
      }
    }
  }

  private static Set<String> prompts(List<String> lines) throws JsonProcessingException {
    Set<String> prompts = new HashSet<>();
    for (String line : lines) {
      prompts.add(JSON.readTree(line).get("prompt").asText());
    }
    return prompts;
  }
}
