package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The letter that an answer names, and none where it names several. */
class MultipleChoiceTest {
  private static final String CHOICES = "{\"choices\": [\"Rome\", \"Paris, France\", \"A\"]}";

  @ParameterizedTest(name = "{1} in {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "B | B",
        "b | B",
        "(B). | B",
        "**B** | B",
        "The answer is B | B",
        "The answer is (B). | B",
        "The answer is option B, not C. | B",
        "Answer: the choice B | B",
        "It is not A. Answer: **B** | B",
        "The answer is A. No, the answer is C! | C",
        "So \\boxed{B} it is, unlike (A) | B",
        "\\boxed{\\text{(B)}} | B",
        "\\boxed{A} and then \\boxed{D} | D",
        "Of all of them only (D) fits. | D",
        "(D), yes: (D) | D",
        "paris, france | B",
        "答案是C | C",
      })
  void isNamed(String answer, String letter) {
    assertThat(Verifiers.judge("multiple_choice", List.of(letter), CHOICES, answer))
        .isEqualTo(Judgement.correct(letter));
    assertThat(
            Verifiers.judge("multiple_choice", List.of("Z", "(" + letter + ")"), CHOICES, answer))
        .isEqualTo(Judgement.correct(letter));
    assertThat(Verifiers.judge("multiple_choice", List.of("Z"), CHOICES, answer))
        .isEqualTo(Judgement.wrong(letter, letter + " is not the option"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A B C D",
        "(A) or (B)",
        "A dog, I think",
        "The answer is unknown",
        "The answer is Apple",
        "the answer is a dog",
        "\\boxed{A + B}",
        "Rome and Paris",
        "AB",
        "",
        "é",
      })
  void namesNoneOrSeveral(String answer) {
    assertThat(Verifiers.judge("multiple_choice", List.of("A"), CHOICES, answer))
        .isEqualTo(Judgement.unparseable("the answer names no option, or several"));
  }

  @Test
  void goldAnswersAreLettersAndChoicesAreInAnObject() {
    assertThat(Verifiers.judge("multiple_choice", List.of("Rome"), CHOICES, "A").reason())
        .isEqualTo("multiple_choice failed: gold answer 'Rome' is not a letter from A to Z");
    assertThat(Verifiers.judge("multiple_choice", List.of("A"), "[1]", "A").reason())
        .isEqualTo("multiple_choice failed: the context is no JSON object");
  }

  @Property
  void noTextIsAFault(@ForAll String answer) {
    assertThat(Verifiers.judge("multiple_choice", List.of("A"), CHOICES, answer).verdict())
        .isIn(Verdict.CORRECT, Verdict.WRONG, Verdict.UNPARSEABLE);
  }
}
