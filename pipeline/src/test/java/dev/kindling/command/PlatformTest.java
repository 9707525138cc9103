package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which versions of Spark, Scala and Java are taken. */
class PlatformTest {
  @ParameterizedTest
  @CsvSource({
    "3.5.9, 2.12.18",
    "3.5.9, 2.13.8",
    "5.0.0, 2.13.18",
    "5.0.0-preview1, 3.8.1",
    "40.1.0, 2.13.18",
    "4.2.0, 3.8.1",
    "unknown, 2.13.18"
  })
  void anotherSparkIsRefusedInOneSentence(String spark, String scala) {
    assertThat(new Platform(spark, scala, 17).refusal())
        .contains(
            "Invalid Spark: %s with Scala %s (must be 4.0, 4.1 or 4.2, with Scala 2.13; SPARK_HOME chooses one)"
                .formatted(spark, scala));
  }

  @ParameterizedTest
  @CsvSource({"4.0.5, 17", "4.1.4, 21", "4.2.0, 25", "4.2.0-SNAPSHOT, 17"})
  void whatWasTriedIsTakenWithoutAWord(String spark, int java) {
    Platform platform = new Platform(spark, "2.13.18", java);
    assertThat(platform.refusal()).isEmpty();
    assertThat(platform.untried()).isEmpty();
  }

  @Test
  void laterOnesAreTakenWithAWord() {
    Platform later = new Platform("4.3.0", "2.13.20", 17);
    assertThat(later.refusal()).isEmpty();
    assertThat(later.untried()).contains("Spark 4.3.0 was not tried, 4.0, 4.1 and 4.2 were");
    assertThat(new Platform("4.2.0", "2.13.18", 26).untried())
        .contains("Java 26 was not tried, 17, 21 and 25 were");
  }

  @Test
  void thisProcessRunsOnTheSparkOfItsTests() {
    assertThat(Platform.here().refusal()).isEmpty();
    assertThat(Platform.here().spark()).isEqualTo(SmallRun.spark().version());
    assertThat(Platform.here().java()).isEqualTo(Runtime.version().feature());
  }
}
