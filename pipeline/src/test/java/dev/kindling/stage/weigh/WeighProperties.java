package dev.kindling.stage.weigh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.SparkTest;
import dev.kindling.objective.Objective;
import dev.kindling.objective.Success;
import dev.kindling.row.ScoreRow;
import dev.kindling.row.Table;
import dev.kindling.row.WeightRow;
import dev.kindling.stage.Objectives;
import dev.kindling.stage.StageRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Laws of the weights that hold for any scores; one try weighs many examples at once. */
class WeighProperties {
  private static final double[] EXPONENTS = {0, 0.25, 0.5, 0.75, 1};

  @Provide
  Arbitrary<List<List<Double>>> groups() {
    return Arbitraries.doubles()
        .between(-230, 0)
        .list()
        .ofMinSize(1)
        .ofMaxSize(9)
        .list()
        .ofSize(60);
  }

  private static List<WeightRow> weigh(
      Objective objective, List<List<Double>> groups, double shift) {
    List<ScoreRow> scores = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      for (int m = 0; m < groups.get(i).size(); m++) {
        double logW = groups.get(i).get(m) + shift;
        scores.add(StageRows.score("%03d".formatted(i), m, "WRONG", logW));
      }
    }
    return Table.WEIGHTS.collect(
        Weigh.weigh(Table.SCORES.of(SparkTest.session(), scores), objective, 5, 2)
            .orderBy("example_id"));
  }

  @Property(tries = 2, shrinking = ShrinkingMode.OFF)
  void equalWeightsHaveCoefficientsOfExactlyZero(@ForAll("groups") List<List<Double>> groups) {
    List<List<Double>> equal = new ArrayList<>();
    for (List<Double> group : groups) {
      List<Double> same = new ArrayList<>(group);
      same.add(0.0);
      same.replaceAll(any -> group.get(0));
      equal.add(same);
    }
    for (double q : EXPONENTS) {
      for (WeightRow row : weigh(Objectives.garl(Success.LIKELIHOOD, q, true, true), equal, 0)) {
        assertThat(row.rationaleCoefs()).containsOnly(0);
        assertThat(row.effectiveSampleSize()).isEqualTo(row.rollouts());
      }
    }
  }

  @Property(tries = 2, shrinking = ShrinkingMode.OFF)
  void scalingEveryWeightScalesCoefficientsByItsPower(@ForAll("groups") List<List<Double>> groups) {
    double shift = -32;
    for (double q : EXPONENTS) {
      Objective garl = Objectives.garl(Success.LIKELIHOOD, q, true, true);
      List<WeightRow> rows = weigh(garl, groups, 0);
      List<WeightRow> scaled = weigh(garl, groups, shift);
      for (int i = 0; i < rows.size(); i++) {
        double factor = Math.exp((1 - q) * shift);
        double[] coefs = rows.get(i).rationaleCoefs();
        double largest = Arrays.stream(coefs).map(Math::abs).max().orElseThrow();
        for (int m = 0; m < coefs.length; m++) {
          assertThat(scaled.get(i).rationaleCoefs()[m])
              .isCloseTo(factor * coefs[m], within(1e-9 * factor * largest));
        }
      }
    }
  }

  @Property(tries = 2, shrinking = ShrinkingMode.OFF)
  void coefficientsSumToZeroAtBothPoles(@ForAll("groups") List<List<Double>> groups) {
    for (double q : new double[] {0, 1}) {
      for (WeightRow row : weigh(Objectives.garl(Success.LIKELIHOOD, q, true, true), groups, 0)) {
        double[] coefs = row.rationaleCoefs();
        double largest = Arrays.stream(coefs).map(Math::abs).max().orElseThrow();
        double expected = row.rollouts() == 1 ? coefs[0] : 0;
        assertThat(Arrays.stream(coefs).sum()).isCloseTo(expected, within(1e-12 * largest));
        assertThat(row.effectiveSampleSize()).isBetween(1 - 1e-12, row.rollouts() + 1e-12);
      }
    }
  }

  @Property(tries = 2, shrinking = ShrinkingMode.OFF)
  void paftDrawsAsManySamplesAsItWasAskedTo(@ForAll("groups") List<List<Double>> groups) {
    for (int draws : new int[] {0, 1, 20}) {
      for (WeightRow row : weigh(Objectives.paft(0.5, draws, true), groups, 0)) {
        int expected = draws == 0 ? row.rollouts() : draws;
        assertThat(Arrays.stream(row.resampled()).sum()).isEqualTo(expected);
      }
    }
  }
}
