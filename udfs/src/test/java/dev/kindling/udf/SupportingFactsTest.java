package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Supporting facts against HotpotQA's and MuSiQue's evaluators. */
class SupportingFactsTest {
  private static void check(JsonNode golden) {
    SupportingFacts facts =
        SupportingFacts.of(golden.get("gold").toString(), golden.get("prediction").toString());
    JsonNode expected = golden.get("expected");
    assertThat(facts.em()).as(golden.toString()).isEqualTo(expected.get("em").asDouble());
    assertThat(facts.f1())
        .as(golden.toString())
        .isCloseTo(expected.get("f1").asDouble(), within(1e-15));
  }

  @Test
  void factsAreComparedAsByTheEvaluators() throws IOException {
    for (JsonNode golden : GoldenCases.of("hotpotqa", "supporting_facts")) {
      check(golden);
    }
    for (JsonNode golden : GoldenCases.of("musique", "support")) {
      check(golden);
    }
  }

  @Test
  void jointFiguresOfACorpusAreThoseOfHotpotqasEvaluator() throws IOException {
    for (JsonNode golden : GoldenCases.of("hotpotqa", "corpus_eval")) {
      double em = 0;
      double f1 = 0;
      double precision = 0;
      double recall = 0;
      for (JsonNode example : golden.get("gold")) {
        JsonNode answer = golden.get("prediction").get("answer").get(example.get("_id").asText());
        JsonNode facts = golden.get("prediction").get("sp").get(example.get("_id").asText());
        // Without one of the two an example has no joint figures, which count as 0.
        if (answer != null && facts != null) {
          String gold = example.get("answer").asText();
          boolean exact = AnswerText.normalize(gold).equals(AnswerText.normalize(answer.asText()));
          SupportingFacts joint =
              SupportingFacts.of(example.get("supporting_facts").toString(), facts.toString())
                  .joint(exact ? 1 : 0, AnswerF1.hotpotqa(gold, answer.asText()));
          em += joint.em();
          f1 += joint.f1();
          precision += joint.precision();
          recall += joint.recall();
        }
      }
      JsonNode expected = golden.get("expected");
      int all = golden.get("gold").size();
      assertThat(em / all).isCloseTo(expected.get("joint_em").asDouble(), within(1e-12));
      assertThat(f1 / all).isCloseTo(expected.get("joint_f1").asDouble(), within(1e-12));
      assertThat(precision / all).isCloseTo(expected.get("joint_prec").asDouble(), within(1e-12));
      assertThat(recall / all).isCloseTo(expected.get("joint_recall").asDouble(), within(1e-12));
    }
  }

  @Test
  void twoEmptySetsAreExactButHaveNoOverlap() {
    assertThat(SupportingFacts.of("[]", "[]")).isEqualTo(new SupportingFacts(1, 0, 0, 0));
  }

  @Test
  void whatIsNoArrayNamesNothing() {
    assertThat(SupportingFacts.of("[1]", "[1")).isEqualTo(new SupportingFacts(0, 0, 0, 0));
    assertThat(SupportingFacts.of("[1]", null)).isEqualTo(new SupportingFacts(0, 0, 0, 0));
    assertThatThrownBy(() -> SupportingFacts.of("{}", "[1]"))
        .hasMessage("the gold facts are no JSON array: {}");
  }
}
