package dev.kindling.stage.weigh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.conf.Configuration;
import dev.kindling.objective.Objective;
import dev.kindling.rapids.Planner;
import dev.kindling.rapids.SomeObjectives;
import dev.kindling.rapids.StepTables;
import dev.kindling.row.Table;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RAPIDS' planner puts everything between scores and batches on the GPU. */
class RapidsWeighTest {
  private static final StepTables LENIENT = StepTables.of(Planner.lenient());
  private static final StepTables STRICT = StepTables.of(Planner.strict());

  static Stream<Named<Configuration>> objectives() throws IOException {
    return SomeObjectives.all();
  }

  private static Dataset<Row> weights(
      StepTables tables, SampleLayout layout, Configuration configuration) {
    Objective objective = configuration.objectiveOf();
    return Weigh.weigh(
        tables.scores(),
        layout,
        tables.carried(),
        objective,
        objective.estimator().columns(),
        1,
        1);
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void weightsOfListedSamplesAre(Configuration configuration) {
    assertThat(Planner.off(weights(LENIENT, new ListedSamples(), configuration))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void weightsOfWrittenSamplesAreEvenWhereSumsMustKeepTheirOrder(Configuration configuration) {
    assertThat(Planner.off(weights(STRICT, new WrittenSamples(4), configuration))).isEmpty();
    assertThat(Planner.off(weights(LENIENT, new WrittenSamples(4), configuration))).isEmpty();
  }

  @Test
  void listedSamplesAreNotWhereSumsMustKeepTheirOrder() {
    Configuration garl = Configuration.load(List.of(), List.of("objective.name=garl"));
    assertThat(Planner.off(weights(STRICT, new ListedSamples(), garl)))
        .anyMatch(line -> line.contains("spark.rapids.sql.variableFloatAgg.enabled"));
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void batchesAreEvenWhereSumsMustKeepTheirOrder(Configuration configuration) {
    Objective objective = configuration.objectiveOf();
    Dataset<Row> weights = STRICT.weights(objective);
    for (int updates : new int[] {1, 3}) {
      Dataset<Row> batches =
          Batch.batch(
              STRICT.prompts(),
              STRICT.rollouts(),
              weights,
              objective,
              new BatchSettings(updates, 2, 100, 50));
      assertThat(Planner.off(batches)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"constant", "adaptive"})
  void estimatesThatAreCarriedAre(String shape) {
    Objective garl =
        Configuration.load(
                List.of(), List.of("objective.carry=0.5", "objective.schedule.shape=" + shape))
            .objectiveOf();
    Dataset<Row> weights = STRICT.weights(garl);
    assertThat(Planner.off(Carry.next(STRICT.carried(), weights, 2))).isEmpty();
    assertThat(Table.CARRIED.collect(Carry.next(STRICT.carried(), weights, 2))).hasSize(6);
  }
}
