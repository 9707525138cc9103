package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose every plan RAPIDS looks at, and which computes it in the JVM. */
class RapidsRunTest {
  @TempDir static Path temporary;

  /** The plugin wants to be loaded as spark-submit loads what {@code --jars} names. */
  private static String jar() {
    return Arrays.stream(MainProcess.classPath().split(File.pathSeparator))
        .filter(entry -> entry.contains("rapids-4-spark"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void endsWithTheTablesOfARunThatItDoesNotSee() throws Exception {
    DisturbedRuns runs = DisturbedRuns.get();
    List<String> settings =
        List.of(
            "spark.jars " + jar(),
            "spark.plugins com.nvidia.spark.SQLPlugin",
            "spark.rapids.sql.mode explainonly",
            "spark.rapids.sql.explain NOT_ON_GPU",
            "spark.rapids.sql.variableFloatAgg.enabled false",
            "spark.rapids.sql.rowBasedUDF.enabled true");
    Path properties = Files.write(temporary.resolve("spark.conf"), settings);
    List<String> command = MainProcess.submitted(properties);
    command.addAll(List.of(runs.train("explained")));
    try (Driver driver =
        Driver.start(runs.run("explained"), temporary, command, Optional.empty())) {
      assertThat(driver.end()).as(driver.said()).isZero();
      assertThat(driver.said())
          .contains("explain only mode")
          .contains("variableFloatAgg")
          // Sums over listed samples, which are not to be made where RAPIDS might add them.
          .doesNotContainPattern("<ArrayAggregate> .*coalesce\\(");
    }
    runs.requireUndisturbed("explained");
  }
}
