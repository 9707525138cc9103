package dev.kindling.udf.math;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.udf.Judgement;
import dev.kindling.udf.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Verdicts on mathematics that need no algebra. */
class MathAnswersTest {
  private static Judgement judge(String gold, String answer) {
    return MathAnswers.judge(
        List.of(gold),
        answer,
        (one, other) -> {
          throw new AlgebraFaultException(Verdict.ERROR, "algebra of " + one + " and " + other);
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "1.39e-10 | 1.39\\times 10^{-10}",
        "\\frac{1}{3} | 2/6",
        "0.1 | \\dfrac1{10}",
        "1.5 | 1 \\frac{1}{2}",
        "1.5 | 1 1/2",
        "58,500 | 58500.0",
        "11,\\! 111 | 11{,}111",
        "1000 | 1 000",
        "0,111 | 0.111",
        "28\\% | 28 percent",
        "28\\% | 0.28",
        "15\\mbox{ cm}^2 | 15",
        "10 | 10\\text{ units}",
        "800 | 800 apples",
        "\\$32,348 | 32348",
        "90^\\circ | 90",
        "90 | 90\u00b0",
        "3:4 | \\frac{3}{4}",
        "\\frac{1}{12} | 0.0833333333333333",
        "4.123105625617661 | \\sqrt{17}",
        "34 | \uff13\uff14",
        "10! | 3628800",
        "\\binom{5}{2} | 10",
        "8 | 2^{3}",
        "4 | \\sqrt{16}",
        "(1,\\frac{9}{2}) | (1, 4.5)",
        "(-\\infty, 2) \\cup (3, \\infty) | (3,\\infty) \\cup (-\\infty,2)",
        "\\{1,2,3\\} | \\{3,1,2\\}",
        "1,-2 | -2 and 1",
        "\\emptyset | \\{\\}",
        "\\pm 3 | 3, -3",
        "x=5 | 5",
        "5 | x = 5",
        "$1/3$ | $x=1/3\\approx1.3$",
        "(p,q,r)=(3,2,7) | (3,2,7)",
        "-2 \\le x \\le 7 | x \\in [-2,7]",
        "x \\geq 5 | 5 \\leq x",
        "\\begin{pmatrix}1\\\\2\\end{pmatrix} | \\begin{bmatrix}1\\\\2\\end{bmatrix}",
        "\\begin{pmatrix}4 & 6\\end{pmatrix} | \\begin{pmatrix}1&2\\end{pmatrix}+\\begin{pmatrix}3&4\\end{pmatrix}",
        "\\text{even} | Even",
        "\\text{(C)} | C",
        "204_5 | 204_{5}",
        "k_{\\mathrm{B}} | k_B",
        "25 | The legs are 7 and 24. The answer is 25.",
        "25 | so \\boxed{24}, no: \\boxed{25}",
        "25 | Answer: $25$",
        "Answer: 25 | 25",
        "1,2 | \\boxed{1} and \\boxed{2}",
        "\\frac43 | $\\frac43.$",
        "(15,-29) | (15,-29) \\text{units}",
      })
  void equalAnswersAreCorrect(String gold, String answer) {
    assertThat(judge(gold, answer).verdict()).isEqualTo(Verdict.CORRECT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "9007199254740993 | 9007199254740992",
        "x=5 | y=5",
        "[1,2] | (1,2]",
        "(1,2) | (2,1)",
        "[0,1) | (0,1)",
        "\\frac{1}{3} | 0.33",
        "3.14159 | \\pi",
        "1 | 1.00001",
        "10_2 | 2",
        "34 | 34 35",
        "34 | 34%comment",
        "34 | \\text{not }34",
        "34 | 34 or 35",
        "34 | 9^{9^{9^{9}}}",
        "34 | \\binom{1000000000}{500000000}",
        "34 | ((((9!)!)!)!)",
        "34 | 34+0\\cdot 9^{9^{9^{9}}}",
        "1e5000 | 1e5001",
        "x<1 | x>1",
        "x^2=4 | 4",
        "\\pm 3 | 3",
        "2^{10} | 1023",
        "\\begin{pmatrix}1\\\\2\\end{pmatrix} | (1,2)",
        "25 | \\boxed{25}, no: \\boxed{24}",
        "340 | 3.4",
        "\\text{even} | odd",
        "(\\infty,2) | (2,\\infty)",
        "k=n+1 | k=n+2",
        "f(x)=x+1 | f(x)=x+1+1",
        "x \\in [-2,7] | -x \\in [-2,7]",
      })
  void differentAnswersAreWrong(String gold, String answer) {
    assertThat(judge(gold, answer).verdict()).isEqualTo(Verdict.WRONG);
  }

  @Test
  void whatCannotBeReadIsUnparseable() {
    assertThat(judge("34", "").verdict()).isEqualTo(Verdict.UNPARSEABLE);
    assertThat(judge("34", " \u0000 $ ").verdict()).isNotEqualTo(Verdict.CORRECT);
    assertThat(judge("34", "I do not know").verdict()).isEqualTo(Verdict.UNPARSEABLE);
  }

  @Test
  void whatArithmeticLeavesOpenIsAskedOfAlgebra() {
    assertThat(judge("(x+1)^2", "x^2+2x+1"))
        .isEqualTo(
            new Judgement(
                Verdict.ERROR,
                "x^2+2x+1",
                "algebra of ((v1+(1))^(2)) and ((v1^(2))+((2)*v1)+(1))"));
  }

  @Test
  void theNumberBehindHashesIsTheAnswer() {
    assertThat(judge("Half of 50.\n#### 25", "25 it is\n#### 25 (of 50)\n").extracted())
        .isEqualTo("25");
    assertThat(judge("25", "25 is half.\n#### 24").verdict()).isEqualTo(Verdict.WRONG);
  }

  @Test
  void theBoxIsExtracted() {
    assertThat(judge("25", "Thus \\boxed{\\frac{50}{2}}.").extracted()).isEqualTo("\\frac{50}{2}");
    assertThat(judge("25", "\\boxed{24} </think> \\boxed{25}").extracted()).isEqualTo("25");
  }
}
