package dev.kindling.udf;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rule for FinQA's numbers in text, case by case. */
class FinqaNumberTest {
  @ParameterizedTest(name = "{1} for {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        // As it stands, at the precision it was written with.
        "2057        | 2057",
        "2057        | 2,057",
        "2057        | $2,057.0",
        "2057        | $ 2057.",
        "7.22222     | 7.22",
        "7.22222     | 7",
        "1320.825    | 1320.8",
        "0.2         | .2",
        "3.135       | 3.14",
        "3.135       | 3.13",
        "705.25      | 7.0525e2",
        // More digits than the gold answer has.
        "0.33333     | 0.3333333333",
        "0.24691     | 24.691358%",
        // Negative numbers.
        "-121.5      | -121.5",
        "-121.5      | (121.5)",
        "-121.5      | $ ( 121.5 )",
        "-121.5      | ($121.5)",
        "-121.5      | -$121.5",
        "-121.5      | $-121.5",
        "-121.5      | \u2212121.5",
        "-36         | -36 ( 36 )",
        "22          | 22% ( 22 % )",
        // Percent: divided by 100 or already a percentage.
        "0.24691     | 24.69%",
        "0.24691     | 25 %",
        "0.24691     | 24.7 percent",
        "0.24691     | 24.7\\%",
        "-0.04097    | (4.1)%",
        "-0.04097    | (4.1%)",
        "-33.84      | -33.84%",
        // Words of magnitude: multiplied out or the unit of the table.
        "386797189.66 | $386.8 million",
        "386.79719   | $ 386.8 million",
        "7301000000  | 7.301billion",
        "73576       | $ 73576 thousand",
        "-121.5      | -€121.5",
        // Units that touch the digits.
        "3500000     | $3.5M",
        "3.5         | $3.5M",
        "3500000     | $3.5m.",
        "3500000     | 3.5mm",
        "2100000000  | 2.1bn",
        "2100000000  | 2.1 bn",
        "2100000000  | 2.1B",
        "2100000000  | 2.1 BLN",
        "12500       | 12.5k",
        "12500       | $12.5K, that is",
        "10000       | $10K",
        "-12500000   | ($12.5M)",
        "-10000      | -10k",
        "1200000     | 1.2mn",
        "3000000000000 | 3tn",
        "3000000000000 | 3 trillions",
        "1.5         | 1.5x",
        "1.5         | 1.5 x",
        "1.5         | 1.5×",
        "1.5         | a multiple of 1.5X",
        // Points of percent and of a hundredth of it.
        "0.1         | 10 percentage points",
        "0.01        | 1 Percentage  point",
        "0.1         | 10pp",
        "0.1         | 10 pp",
        "0.1         | 10 per cent",
        "0.1         | 10 pct",
        "0.0025      | 25 bps",
        "0.0025      | 25bp",
        "0.0025      | 25 basis points",
        "25          | 25 basis points",
        // Scripts without spaces, and full width.
        "42          | 答案是42",
        "42          | 答案是42个",
        "-42         | 答案是-42。",
        "42          | 答案：42（2009年）",
        "42          | 答えは42です",
        "42          | 답은 42입니다",
        "42          | คำตอบคือ42บาท",
        "0.4         | 增长了40%",
        "0.425       | ４２．５％",
        "-42         | （４２）",
        "-42         | －４２",
        "4200        | ＄４２００",
        "2           | 1，2",
        "35000       | 3.5万",
        "350000000   | 3.5 億円",
        // Names with digits.
        "5           | 5 from 3M",
        "5           | $5 to the 401k plan",
        "5           | 5, as the 10K says",
        // Which number counts.
        "5           | 2008 - 2007 + 4 = 5",
        "5           | from 2008 to 2009, Q3 had 5",
        "5           | The answer is 5 in 2009.",
        "5           | answer is 7? No. Answer: 5 (in 2009)",
        "5           | It was 5. I hope this answer is helpful",
        "2009        | 2008-2009",
        "0           | 0.00%",
      })
  void isRight(String gold, String answer) {
    assertThat(judge(gold, answer).verdict()).isEqualTo(Verdict.CORRECT);
  }

  @ParameterizedTest(name = "{1} for {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "2057      | 2058",
        "2057      | -2057",
        "7.22222   | 7.23",
        "56.75676  | 56.75",
        "0.24691   | 24.69",
        "0.24691   | 0.24%",
        "0.96042   | 9.6%",
        "386.79719 | $386.8 million and 5",
        "-4        | 2008-4",
        // Half a unit would be near enough, but the number says nothing.
        "0.33333   | 0",
        "0.6       | 1",
        "0.00149   | 0.1%",
        "1400000   | 1 million",
        "0         | 0.001",
        "5         | 5 in 2009",
        "5         | -5x",
        "-42       | 42％",
        "3500      | 3.5 k",
        "0.1       | 10 percentage",
        "0.1       | 10 points",
        "25000     | 25 basis",
        "42        | 答案是4.2",
      })
  void isWrong(String gold, String answer) {
    assertThat(judge(gold, answer).verdict()).isEqualTo(Verdict.WRONG);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ten", "Q3", "3rd", "1.2.3", "v1_2", "yes", "\u0663", "(", "$ %", "1,5.3,2", "5t", "0x10",
        "3.5M2", "12kg", "3M", "5xy", "M5", "é5", "5é"
      })
  void withoutANumberIsUnparseable(String answer) {
    assertThat(judge("5", answer)).isEqualTo(Judgement.unparseable("the answer has no number"));
  }

  @Test
  void yesAndNoAreWordsInAnyCase() {
    assertThat(judge("yes", "YES, it did").verdict()).isEqualTo(Verdict.CORRECT);
    assertThat(judge("no", "No: there was yes-men")).isEqualTo(Judgement.correct("no"));
    assertThat(judge("no", "Yes or no? The answer is no.").verdict()).isEqualTo(Verdict.CORRECT);
    assertThat(judge("yes", "no")).isEqualTo(Judgement.wrong("no", "no is not yes"));
    assertThat(judge("yes", "none in yesterday's nobility, 5"))
        .isEqualTo(Judgement.unparseable("the answer has neither yes nor no"));
  }

  @Test
  void theExtractedNumberKeepsItsUnits() {
    assertThat(judge("386797189.66", "about ( $ 386.8 million ) then").extracted())
        .isEqualTo("( $ 386.8 million )");
    assertThat(judge("0.5", "so -24.69 % in all."))
        .isEqualTo(Judgement.wrong("-24.69 %", "-24.69 % is not 0.5"));
  }

  @Test
  void oneOfSeveralGoldAnswersIsEnough() {
    assertThat(Verifiers.judge("finqa_number", List.of("3", "5"), null, "5").verdict())
        .isEqualTo(Verdict.CORRECT);
  }

  @Test
  void aGoldAnswerThatIsNoNumberIsTheVerifiersFault() {
    for (String gold : List.of("", "about 5", "5%", "5 6", "1e99999")) {
      assertThat(judge(gold, "5"))
          .isEqualTo(
              Judgement.error(
                  "finqa_number failed: gold answer '"
                      + gold
                      + "' is neither a plain number nor yes or no"));
    }
  }

  @Property
  void everyNumberIsRightAtEveryPrecisionOfTwoDigitsOrMore(
      @ForAll @LongRange(min = -10_000_000_000L, max = 10_000_000_000L) long hundredThousandths,
      @ForAll @IntRange(min = 0, max = 5) int decimals) {
    BigDecimal gold = BigDecimal.valueOf(hundredThousandths, 5);
    BigDecimal written = gold.setScale(decimals, RoundingMode.HALF_EVEN);
    BigDecimal percent = gold.movePointRight(2).setScale(decimals, RoundingMode.HALF_EVEN);
    if (written.precision() >= 2) {
      assertThat(judge(gold.toPlainString(), "It is " + written.toPlainString() + ".").verdict())
          .isEqualTo(Verdict.CORRECT);
    }
    if (percent.precision() >= 2) {
      assertThat(judge(gold.toPlainString(), percent.toPlainString() + "%").verdict())
          .isEqualTo(Verdict.CORRECT);
    }
  }

  @Property
  void anyTextHasAVerdictThatIsEvidence(@ForAll String text) {
    assertThat(judge("5", text).verdict().isEvidence()).isTrue();
    assertThat(judge("yes", "12%(" + text + "$-,.5e").verdict().isEvidence()).isTrue();
  }

  private static Judgement judge(String gold, String answer) {
    return Verifiers.judge("finqa_number", List.of(gold), null, answer);
  }
}
