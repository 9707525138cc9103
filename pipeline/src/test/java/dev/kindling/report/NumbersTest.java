package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Numbers of every size are short and say what they are. */
class NumbersTest {
  @Test
  void fourSignificantDigitsAreKept() {
    assertThat(Numbers.plain(-3.84567)).isEqualTo("-3.846");
    assertThat(Numbers.plain(0.00012345678)).isEqualTo("0.0001235");
    assertThat(Numbers.plain(1e-6)).isEqualTo("1.000e-06");
    assertThat(Numbers.plain(1234567)).isEqualTo("1235000");
    assertThat(Numbers.plain(0)).isEqualTo("0");
  }

  @Test
  void whatIsNoNumberIsADashAndInfinityASign() {
    assertThat(Numbers.plain(Double.NaN)).isEqualTo("–");
    assertThat(Numbers.share(Double.NaN)).isEqualTo("–");
    assertThat(Numbers.plain(Double.NEGATIVE_INFINITY)).isEqualTo("-∞");
  }

  @Test
  void durationsGrowTheirUnits() {
    assertThat(Numbers.duration(9.46)).isEqualTo("9.5 s");
    assertThat(Numbers.duration(125)).isEqualTo("2 min 05 s");
    assertThat(Numbers.duration(3 * 3600 + 7 * 60 + 40)).isEqualTo("3 h 07 min");
  }
}
