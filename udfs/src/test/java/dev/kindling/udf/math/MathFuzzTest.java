package dev.kindling.udf.math;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.udf.Judgement;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Texts made of the pieces of formulas, sensible or not. */
class MathFuzzTest {
  private static final String[] PIECES = {
    "1",
    "2.5",
    "12,345",
    "x",
    "y_1",
    "\\pi",
    "e",
    "i",
    "\\infty",
    "+",
    "-",
    "*",
    "/",
    "^",
    "_",
    "!",
    "%",
    "=",
    "<",
    "\\le",
    ",",
    ";",
    ":",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\\{",
    "\\}",
    "|",
    "\\frac",
    "\\sqrt",
    "\\sqrt[3]",
    "\\binom",
    "\\sin",
    "\\log",
    "\\log_2",
    "\\pm",
    "\\cup",
    "\\in",
    "\\text{",
    "\\text{ cm}",
    "and ",
    "apples ",
    "\\begin{pmatrix}",
    "\\end{pmatrix}",
    "&",
    "\\\\",
    "\\boxed{",
    "Answer: ",
    "#### ",
    "$",
    "\\(",
    "\\)",
    "\\left",
    "\\right",
    "\\circ",
    "\ud800",
    "\u202e",
    "\u0000",
    "\u00b2",
    "1e9",
    "1e99999",
    "9^{9^{9}}",
    "\\lfloor",
    "\\rfloor",
    "'",
    ".",
    " ",
    "\n"
  };

  private static final Algebra NEVER = (one, other) -> false;

  @Provide
  Arbitrary<String> formulas() {
    return Arbitraries.of(PIECES).list().ofMaxSize(25).map(pieces -> String.join("", pieces));
  }

  @Property(tries = 3000)
  void everyTextHasAVerdict(@ForAll("formulas") String gold, @ForAll("formulas") String answer) {
    if (!FinalAnswer.of(gold).isEmpty()
        && MathReading.of(FinalAnswer.of(gold).get(0)).isPresent()) {
      Judgement judgement = MathAnswers.judge(List.of(gold), answer, NEVER);
      assertThat(judgement.verdict().isEvidence()).isTrue();
    }
  }

  @Property(tries = 1000)
  void aTextThatCanBeReadIsRightForItself(@ForAll("formulas") String text) {
    if (!FinalAnswer.of(text).isEmpty()
        && MathReading.of(FinalAnswer.of(text).get(0)).isPresent()) {
      assertThat(MathAnswers.judge(List.of(text), text, NEVER).verdict().name())
          .isEqualTo("CORRECT");
    }
  }

  @Property(tries = 500)
  void anIntegerIsRightForItsProductWithAFraction(@ForAll int number, @ForAll short factor) {
    int by = factor == 0 ? 1 : factor;
    String fraction = "\\frac{" + (long) number * by + "}{" + by + "}";
    assertThat(MathAnswers.judge(List.of("" + number), fraction, NEVER).verdict().name())
        .isEqualTo("CORRECT");
    assertThat(MathAnswers.judge(List.of("" + (number + 1L)), fraction, NEVER).verdict().name())
        .isEqualTo("WRONG");
  }
}
