package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.SparkTest;
import dev.kindling.row.TableEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** Which settings let RAPIDS and policies share a GPU. */
class RapidsSettingsTest {
  private static SparkConf settings() throws IOException {
    Properties settings = new Properties();
    settings.load(Files.newBufferedReader(Path.of("..", "conf", "spark", "rapids.conf")));
    SparkConf conf = new SparkConf(false);
    settings.stringPropertyNames().forEach(key -> conf.set(key, settings.getProperty(key)));
    return conf;
  }

  @Test
  void thoseOfTheFileDo() {
    assertThatCode(() -> RapidsSettings.require(settings())).doesNotThrowAnyException();
  }

  @Test
  void whatRapidsDoesUnlessItIsToldOtherwiseIsNamedRuleByRule() {
    assertThatThrownBy(() -> RapidsSettings.require(new SparkConf(false)))
        .hasMessage(
            """
            Invalid spark.executor.resource.gpu.amount: 0 (must be 1: RAPIDS takes one GPU an executor)
            Invalid spark.rapids.memory.gpu.maxAllocFraction: 1.0 (must be at most 0.5: policies need the rest)
            Invalid spark.rapids.sql.variableFloatAgg.enabled: true (must be false: sums would have another order each time)
            Invalid spark.rapids.sql.rowBasedUDF.enabled: false (must be true: batches would leave the GPU for a function)
            Invalid spark.rapids.shuffle.enabled: true (must be false: lost executors were tested with the shuffle of Spark alone)\
            """);
  }

  @Test
  void tasksOfTablesShareAGpuAndMemoryFractionsAscend() throws IOException {
    SparkConf conf =
        settings()
            .set("spark.task.resource.gpu.amount", "0.5")
            .set("spark.rapids.memory.gpu.minAllocFraction", "0.3");
    assertThatThrownBy(() -> RapidsSettings.require(conf))
        .hasMessage(
            """
            Invalid spark.task.resource.gpu.amount: 0.5 (must be at most 1 / spark.executor.cores, 0.25: tables would wait)
            Invalid spark.rapids.memory.gpu.allocFraction: 0.15 (must be in [minAllocFraction, maxAllocFraction], [0.3, 0.2])\
            """);
  }

  @Test
  void localModeHasNoAmountsOfGpus() throws IOException {
    SparkConf conf = settings().set("spark.master", "local[2]");
    conf.remove("spark.executor.resource.gpu.amount");
    assertThatCode(() -> RapidsSettings.require(conf)).doesNotThrowAnyException();
    conf.set("spark.master", "local-cluster[1,4,1024]");
    assertThatThrownBy(() -> RapidsSettings.require(conf))
        .hasMessageContaining("spark.executor.resource.gpu.amount: 0");
  }

  @Test
  void withoutThePluginTheJvmComputesTables() {
    assertThat(TableEngine.of(SparkTest.session())).isEqualTo("jvm");
    assertThat(TableEngine.plansWithRapids(SparkTest.session())).isFalse();
    assertThat(RapidsSettings.look(SparkTest.session())).isEqualTo("Spark in the JVM");
  }
}
