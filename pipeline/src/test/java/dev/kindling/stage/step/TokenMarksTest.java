package dev.kindling.stage.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.SparkTest;
import dev.kindling.objective.BatchWhitening;
import dev.kindling.objective.ClipCov;
import dev.kindling.objective.HighEntropy;
import dev.kindling.objective.KlCov;
import dev.kindling.objective.LpReg;
import dev.kindling.objective.Proxy;
import dev.kindling.objective.Regulariser;
import dev.kindling.row.RowCodec;
import dev.kindling.row.TokenSignalsRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Thresholds and selections over a whole update. */
class TokenMarksTest {
  private static final LpReg LP_REG = new LpReg(1, 0.25, 0.02, 0, Proxy.Source.CURRENT);

  private final List<TokenSignalsRow> rows = new ArrayList<>();

  /** A sequence whose tokens have these probabilities and entropies. */
  private void sequence(
      String example, int sample, double advantage, int sampled, double[] p, double... entropies) {
    double[] advantages = new double[p.length];
    Arrays.fill(advantages, advantage);
    double[] logprobs = Arrays.stream(p).map(Math::log).toArray();
    int[] tokens = new int[p.length];
    Arrays.setAll(tokens, t -> 4 + t);
    double[] none = new double[p.length];
    rows.add(
        new TokenSignalsRow(
            0,
            example,
            sample,
            tokens,
            sampled,
            advantages,
            logprobs,
            logprobs,
            none,
            entropies.length == 0 ? none : entropies,
            new int[p.length]));
  }

  private Map<String, double[][]> marks(int partitions, Regulariser... regularisers) {
    RowCodec<TokenSignalsRow> codec = new RowCodec<>(TokenSignalsRow.class);
    Dataset<Row> signals =
        SparkTest.session()
            .createDataset(rows.stream().map(codec::toRow).toList(), Encoders.row(codec.schema()))
            .repartition(partitions);
    Map<String, double[][]> marks = new TreeMap<>();
    Dataset<Row> tokens = TokenMarks.tokens(signals, 5, 2);
    for (Row row : TokenMarks.marks(tokens, List.of(regularisers)).collectAsList()) {
      marks.put(row.getAs("example_id") + "/" + row.getAs("sample"), BatchMarks.marks(row));
    }
    return marks;
  }

  @Test
  void improbableAreTheTokensBelowTheInterpolatedQuantileOfTheWholeUpdate() {
    // Place 0.25 · 4 = 1 of 0.1, 0.2, 0.3, 0.4, 0.5: below 0.2 lies one token.
    sequence("a", 0, -1, 3, new double[] {0.1, 0.2, 0.3});
    sequence("b", 0, 1, 2, new double[] {0.4, 0.5});
    assertThat(marks(2, LP_REG).get("a/0")[0]).containsExactly(1, 0, 0);
    assertThat(marks(2, LP_REG).get("b/0")[0]).containsExactly(0, 0);
    // A gold answer has not been sampled: without its tokens place 0.5 of 0.1, 0.2, 0.3.
    rows.clear();
    sequence("a", 0, -1, 3, new double[] {0.1, 0.2, 0.3, 0.001, 0.001});
    assertThat(marks(2, LP_REG).get("a/0")[0]).containsExactly(1, 0, 0, 0, 0);
  }

  @Test
  void aTokenOfPositiveAdvantageIsNotRegularised() {
    sequence("a", 0, 1, 3, new double[] {0.1, 0.2, 0.3});
    assertThat(marks(1, LP_REG).get("a/0")[0]).containsExactly(0, 0, 0);
  }

  @Test
  void keptTokensOfHighestEntropyShareTheWeightOfAllAndTiesGoInOrder() {
    sequence("b", 0, 1, 2, new double[] {0.5, 0.5}, 1, 3);
    sequence("a", 1, 1, 3, new double[] {0.5, 0.5, 0.5}, 1, 2, 1);
    sequence("a", 0, 1, 1, new double[] {0.5}, 1);
    // 1 + ⌊0.4 · 5⌋ = 3 of 6: 3, 2, and the first of the ones; ⌊0.4 · 6⌋ = 2.
    Map<String, double[][]> marks =
        marks(
            3,
            new HighEntropy(0.4, HighEntropy.Count.QUANTILE, HighEntropy.Weight.KEPT),
            new HighEntropy(0.4, HighEntropy.Count.FLOOR, HighEntropy.Weight.ALL));
    assertThat(marks.get("a/0")[0]).containsExactly(2);
    assertThat(marks.get("a/1")[0]).containsExactly(0, 2, 0);
    assertThat(marks.get("b/0")[0]).containsExactly(0, 2);
    assertThat(marks.get("a/0")[1]).containsExactly(0);
    assertThat(marks.get("b/0")[1]).containsExactly(0, 1);
  }

  @Test
  void whitenedAdvantagesAreWhatLaterRegularisersSee() {
    sequence("a", 0, 3, 2, new double[] {0.9, 0.5});
    sequence("a", 1, 1, 2, new double[] {0.25, 0.25});
    // Mean 2, unbiased variance 4/3. The first token lies furthest from both means, on their side.
    Map<String, double[][]> marks = marks(2, new BatchWhitening(0), new KlCov(0.1, 1));
    double whitened = Math.sqrt(0.75);
    assertThat(marks.get("a/0")[0])
        .containsExactly(new double[] {whitened, whitened}, within(1e-7));
    assertThat(marks.get("a/1")[0])
        .containsExactly(new double[] {-whitened, -whitened}, within(1e-7));
    assertThat(marks.get("a/0")[1]).containsExactly(1, 0);
    assertThat(marks.get("a/1")[1]).containsExactly(0, 0);
  }

  @Test
  void marksDoNotDependOnHowSequencesArePartitioned() {
    for (int i = 0; i < 30; i++) {
      double[] p = new double[1 + i % 5];
      Arrays.setAll(p, t -> 0.5 + 0.4 * Math.sin(t * 7.0));
      double[] entropies = new double[p.length];
      Arrays.setAll(entropies, t -> Math.abs(Math.sin(t)));
      sequence("e" + i / 3, i % 3, i % 2 == 0 ? 1 : -1, p.length, p, entropies);
    }
    Regulariser[] all = {
      LP_REG,
      new HighEntropy(0.2, HighEntropy.Count.QUANTILE, HighEntropy.Weight.KEPT),
      new KlCov(0.1, 1),
      new ClipCov(0.1, 0.01, 5)
    };
    Map<String, double[][]> one = marks(1, all);
    double chosen = one.values().stream().flatMapToDouble(m -> Arrays.stream(m[3])).sum();
    // Ten in a hundred of 90 sampled tokens.
    assertThat(chosen).isEqualTo(9);
    for (int partitions : new int[] {2, 7}) {
      Map<String, double[][]> other = marks(partitions, all);
      one.forEach((key, value) -> assertThat(other.get(key)).isDeepEqualTo(value));
    }
  }
}
