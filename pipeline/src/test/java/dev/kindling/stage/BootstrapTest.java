package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Intervals of examples so few that the means of all resamples can be counted. */
class BootstrapTest {
  private static Bootstrap.Interval of(double... values) {
    List<double[]> examples =
        DoubleStream.of(values).mapToObj(value -> new double[] {value}).toList();
    return Bootstrap.of(examples, 1, 1)[0];
  }

  @Test
  void theEndsAreTheQuantilesOfTheMeansOfAllResamples() {
    // The number of ones among four draws is binomial(4, 1/4): 0 in 31.6 %, up to 2 in 94.9 %, up
    // to
    // 3 in 99.6 % of all resamples.
    assertThat(of(0, 0, 0, 1)).isEqualTo(new Bootstrap.Interval(0.25, 0, 0.75, 4));
    assertThat(of(1, 0, 1, 1)).isEqualTo(new Bootstrap.Interval(0.75, 0.25, 1, 4));
  }

  @Test
  void withoutAnySpreadTheIntervalIsThePoint() {
    assertThat(of(0.5, 0.5, 0.5)).isEqualTo(new Bootstrap.Interval(0.5, 0.5, 0.5, 3));
  }

  @Test
  void anExampleWithoutAValueIsDrawnAndDoesNotCount() {
    // A resample of the two has no value in a quarter of all cases, else the mean 1.
    assertThat(of(Double.NaN, 1)).isEqualTo(new Bootstrap.Interval(1, 1, 1, 1));
    assertThat(of(Double.NaN))
        .isEqualTo(new Bootstrap.Interval(Double.NaN, Double.NaN, Double.NaN, 0));
    assertThat(of()).isEqualTo(new Bootstrap.Interval(Double.NaN, Double.NaN, Double.NaN, 0));
  }

  @Test
  void figuresOfOneExampleAreResampledTogether() {
    List<double[]> examples =
        DoubleStream.of(0, 0, 1, 1, 1).mapToObj(value -> new double[] {value, -value}).toList();
    Bootstrap.Interval[] both = Bootstrap.of(examples, 2, 9);
    assertThat(both[1].mean()).isEqualTo(-both[0].mean());
    assertThat(Bootstrap.of(examples, 2, 9)).isEqualTo(both);
  }
}
