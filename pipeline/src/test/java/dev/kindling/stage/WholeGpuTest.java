package dev.kindling.stage;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** Where Spark can tell tasks of policies from those of tables. */
class WholeGpuTest {
  private static SparkConf conf(String share, boolean dynamic) {
    return new SparkConf(false)
        .set("spark.task.resource.gpu.amount", share)
        .set("spark.dynamicAllocation.enabled", String.valueOf(dynamic));
  }

  @Test
  void aShareOfAGpuIsRefusedWhereExecutorsComeAndGo() {
    assertThatThrownBy(() -> WholeGpu.requireWhole(conf("0.25", true)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid spark.task.resource.gpu.amount: 0.25 (must be 1 where"
                + " spark.dynamicAllocation.enabled is true: there every policy would have a part of a"
                + " GPU)");
  }

  @Test
  void wholeGpusExecutorsThatStayAndNoGpusAreFine() {
    assertThatCode(() -> WholeGpu.requireWhole(conf("1", true))).doesNotThrowAnyException();
    assertThatCode(() -> WholeGpu.requireWhole(conf("0.25", false))).doesNotThrowAnyException();
    assertThatCode(() -> WholeGpu.requireWhole(new SparkConf(false))).doesNotThrowAnyException();
  }
}
