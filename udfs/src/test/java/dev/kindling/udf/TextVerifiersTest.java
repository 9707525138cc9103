package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text answers against the verdicts of HotpotQA's and MuSiQue's evaluators. */
class TextVerifiersTest {
  @Test
  void normalFormIsThatOfHotpotqasEvaluator() throws IOException {
    for (JsonNode golden : GoldenCases.of("hotpotqa", "normalize_answer")) {
      assertThat(AnswerText.normalize(golden.get("prediction").asText()))
          .as(golden.get("case").asText())
          .isEqualTo(golden.get("expected").asText());
    }
  }

  @Test
  void anArticleIsAWholeWordOfAnyScript() {
    assertThat(AnswerText.normalize("𐐨a a𐐨 the𝟘 _an 𐐨 a")).isEqualTo("𐐨a a𐐨 the𝟘 𐐨");
    assertThat(AnswerText.normalize("a\u0301the-an² the\u200ba")).isEqualTo("\u0301thean² \u200b");
  }

  @ParameterizedTest
  @CsvSource({
    "ΟΔΟΣ, οδος",
    "Σ ΣΑΣΑ, σ σασα",
    "1Σ, 1σ",
    "'Α\u0301Σ', 'α\u0301ς'",
    "ΑΣ\u00adΒ, ασ\u00adβ",
    "ΑΣ\u2019Β, ασ\u2019β",
    "ΑΣ一Β, ας一β",
    "Ⓐ\u02b0Σ, ⓐ\u02b0ς",
    "𐐀Σ𐐀, 𐐨σ𐐨",
    "ΟΔΟΣ.Α, οδοσα",
    "İΣ, i\u0307ς"
  })
  void aSigmaIsFinalWherePythonSaysSo(String text, String normal) {
    assertThat(AnswerText.normalize(text)).isEqualTo(normal);
  }

  @Test
  void exactMatchAndF1AreThoseOfHotpotqasEvaluator() throws IOException {
    checkAnswers("hotpotqa", AnswerF1::hotpotqa);
  }

  @Test
  void exactMatchAndF1AreThoseOfMusiquesEvaluator() throws IOException {
    checkAnswers("musique", AnswerF1::musique);
  }

  /**
   * Equality of the normal forms is the evaluators' exact match in every case; the verdict departs
   * from it where nothing is left of a gold answer.
   */
  private static void checkAnswers(String dataset, BiFunction<String, String, AnswerF1> f1)
      throws IOException {
    for (JsonNode golden : GoldenCases.of(dataset, "answer")) {
      List<String> gold = GoldenCases.texts(golden.get("gold"));
      String answer = golden.get("prediction").asText();
      JsonNode expected = golden.get("expected");
      String name = golden.get("case").asText();
      boolean isExact = expected.get("em").asDouble() == 1;
      List<String> normal = gold.stream().map(AnswerText::normalize).toList();
      assertThat(normal.contains(AnswerText.normalize(answer))).as(name).isEqualTo(isExact);
      if (!normal.contains("")) {
        assertThat(Verifiers.judge("exact_match", gold, null, answer).verdict() == Verdict.CORRECT)
            .as(name)
            .isEqualTo(isExact);
      }
      double best = gold.stream().mapToDouble(g -> f1.apply(g, answer).f1()).max().orElseThrow();
      assertThat(best).as(name).isEqualTo(expected.get("f1").asDouble(), within(1e-12));
      if (expected.has("precision")) {
        AnswerF1 only = f1.apply(gold.get(0), answer);
        assertThat(only.precision()).as(name).isEqualTo(expected.get("precision").asDouble());
        assertThat(only.recall()).as(name).isEqualTo(expected.get("recall").asDouble());
      }
    }
  }

  @Test
  void exactStringIgnoresBlanksAtTheEndsAndNothingElse() {
    assertThat(verdict("exact_string", "12", " 12\n")).isEqualTo(Verdict.CORRECT);
    assertThat(verdict("exact_string", "12", "12.")).isEqualTo(Verdict.WRONG);
    assertThat(verdict("exact_string", "Yes", "yes")).isEqualTo(Verdict.WRONG);
  }

  @ParameterizedTest
  @ValueSource(strings = {"exact_match", "substring_match"})
  void aGoldAnswerThatNormalisingEmptiesIsRightAsAWholeOnly(String verifier) {
    for (String gold : List.of("A", "+", "the", " An. ", "?!")) {
      for (String answer : List.of(gold, gold.strip().toLowerCase(Locale.ROOT), gold + "\n")) {
        assertThat(verdict(verifier, gold, answer)).as(gold).isEqualTo(Verdict.CORRECT);
      }
      for (String answer : List.of("", " ", ".", "The An", "-", "A a", "\u00a0", "\u200b", "\0")) {
        assertThat(verdict(verifier, gold, answer)).as(gold).isEqualTo(Verdict.UNPARSEABLE);
      }
      assertThat(verdict(verifier, gold, "It is a + b, the sum.")).isEqualTo(Verdict.WRONG);
    }
    assertThat(Verifiers.judge(verifier, List.of("B", "A"), null, " a"))
        .isEqualTo(Judgement.correct("a"));
  }

  @Test
  void anAnswerWithoutContentIsNeverCorrect() {
    for (String answer : List.of("", " \t", "\u00a0\u3000", "\u200b\ufeff", "\0")) {
      for (String gold : List.of("", " ", "\u200b", answer, "a", "0", "yes", ".")) {
        for (String verifier : Verifiers.names()) {
          assertThat(Verifiers.judge(verifier, List.of(gold), "{\"table\": []}", answer).verdict())
              .as("%s of '%s' for '%s'", verifier, answer, gold)
              .isIn(Verdict.UNPARSEABLE, Verdict.ERROR);
        }
        assertThat(FinqaProgramMatch.isSame(tokens(gold), tokens(answer))).isFalse();
      }
    }
    assertThat(Verifiers.judge("exact_match", List.of("Paris"), null, " . "))
        .isEqualTo(Judgement.unparseable("the answer has no word that is compared"));
  }

  private static List<String> tokens(String program) {
    return FinqaSteps.tokenize(program);
  }

  @Test
  void f1OfNothingForNothingIsThatOfEachDataSet() {
    assertThat(AnswerF1.hotpotqa("A", ".").f1()).isZero();
    assertThat(AnswerF1.musique("A", ".").f1()).isEqualTo(1);
  }

  @Test
  void substringMatchFindsTheGoldAnswerInALongerOne() {
    assertThat(verdict("substring_match", "The Eiffel Tower", "It is the Eiffel-Tower, Paris."))
        .isEqualTo(Verdict.WRONG);
    assertThat(verdict("substring_match", "The Eiffel Tower", "It is the Eiffel Tower, Paris."))
        .isEqualTo(Verdict.CORRECT);
    assertThat(verdict("substring_match", "the", "anything")).isEqualTo(Verdict.WRONG);
  }

  @Test
  void aWrongAnswerComesBackInItsNormalFormWithAReason() {
    assertThat(Verifiers.judge("exact_match", List.of("Rome"), null, "The City of Paris!"))
        .isEqualTo(
            new Judgement(Verdict.WRONG, "city of paris", "the answer is not a gold answer"));
  }

  @Property
  void theNormalFormOfANormalFormIsItself(@ForAll String text) {
    String normal = AnswerText.normalize(text);
    assertThat(AnswerText.normalize(normal)).isEqualTo(normal);
  }

  @Property
  void everyTextMatchesItselfExactlyAndInFull(@ForAll String text) {
    Verdict verdict = AnswerText.isBlank(text) ? Verdict.UNPARSEABLE : Verdict.CORRECT;
    assertThat(verdict("exact_match", text, text)).isEqualTo(verdict);
    assertThat(verdict("exact_string", text, text)).isEqualTo(verdict);
    assertThat(verdict("substring_match", text, text)).isEqualTo(verdict);
    assertThat(AnswerF1.musique(text, text).f1()).isEqualTo(1);
  }

  private static Verdict verdict(String verifier, String gold, String answer) {
    return Verifiers.judge(verifier, List.of(gold), null, answer).verdict();
  }
}
