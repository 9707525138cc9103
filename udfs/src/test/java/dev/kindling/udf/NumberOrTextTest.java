package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers as numbers, and any other text as it is but for case and the blanks around it. */
class NumberOrTextTest {
  @ParameterizedTest(name = "{1} for {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "1.5              | 1.50",
        "1000             | 1,000",
        "1234567.5        | 1,234,567.50",
        "5                | +5",
        "5                | 5.",
        "5                | 005",
        "0.5              | .5",
        "-0.5             | -.50",
        "-5               | \u22125",
        "-5               | \u20135.0",
        "0                | -0.000",
        "9007199254740993 | 9,007,199,254,740,993.0",
        "x > 2            | X > 2",
        "C++              | c++",
        "ÉCOLE            | école",
        "ΟΔΟΣ             | οδος",
        "3/4              | 3/4",
        "1e3              | 1E3",
        "1,00             | 1,00",
      })
  void isRight(String gold, String answer) {
    assertThat(judge(gold, "\u00a0" + answer + " \n").verdict()).isEqualTo(Verdict.CORRECT);
    assertThat(judge(answer, gold).verdict()).isEqualTo(Verdict.CORRECT);
  }

  @ParameterizedTest(name = "{1} for {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "-5               | 5",
        "1.5              | 15",
        "x > 2            | x < 2",
        "3/4              | 34",
        "2^3              | 23",
        "C++              | C",
        "A                | The",
        "+                | -",
        "9007199254740993 | 9007199254740992",
        "0.1              | 0.10000000000000000555",
        "1000             | 1,00,0",
        "15               | 1,5",
        "1000             | 1e3",
        "0e1              | 0e2",
        "5                | 5%",
        "5                | $5",
        "5                | - 5",
        "5                | 5..",
        "5                | ٥",
        "Paris            | Paris.",
        "x  y             | x y",
      })
  void isWrong(String gold, String answer) {
    assertThat(judge(gold, answer).verdict()).isEqualTo(Verdict.WRONG);
    assertThat(judge(answer, gold).verdict()).isEqualTo(Verdict.WRONG);
  }

  @Test
  void whatWasComparedIsTheExtract() {
    assertThat(judge("4", " +1,050.0 "))
        .isEqualTo(new Judgement(Verdict.WRONG, "1050", "the answer is not a gold answer"));
    assertThat(judge("4", " ")).isEqualTo(Judgement.unparseable("the answer is empty"));
  }

  @Property
  void numbersAreEqualWhereTheirValuesAre(@ForAll BigDecimal first, @ForAll BigDecimal second) {
    Verdict verdict = first.compareTo(second) == 0 ? Verdict.CORRECT : Verdict.WRONG;
    assertThat(judge(first.toPlainString(), second.toPlainString()).verdict()).isEqualTo(verdict);
    String longer = first.setScale(Math.max(0, first.scale()) + 2).toPlainString();
    assertThat(judge(first.toPlainString(), longer).verdict()).isEqualTo(Verdict.CORRECT);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "-5 | true",
        "1,000 | true",
        "42 | true",
        "x < 2 | true",
        "3/4 | true",
        "2^3 | true",
        "C++ | true",
        "C# | true",
        "50% | true",
        "$5 | true",
        "-x | true",
        "a = b | true",
        "x_1 | true",
        "\\frac{a}{b} | true",
        "Rome | false",
        "AC/DC | false",
        "Guardians of the Galaxy Vol. 2 | false",
        "Jean-Luc | false",
        "5 November 1989 | false",
        "U.S. | false",
        "O'Brien | false",
        "A | false",
      })
  void wordsOnlyVerifiersAreBlindToNumbersAndFormulas(String gold, boolean blind) {
    assertThat(Verifiers.isBlindTo("exact_match", gold)).isEqualTo(blind);
    assertThat(Verifiers.isBlindTo("substring_match", gold)).isEqualTo(blind);
    assertThat(Verifiers.isBlindTo("answer_match", gold)).isFalse();
    assertThat(Verifiers.isBlindTo("exact_string", gold)).isFalse();
    assertThat(Verifiers.isBlindTo("nobody", gold)).isFalse();
  }

  private static Judgement judge(String gold, String answer) {
    return Verifiers.judge("answer_match", List.of(gold), null, answer);
  }
}
