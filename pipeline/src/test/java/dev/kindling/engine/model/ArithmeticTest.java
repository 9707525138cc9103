package dev.kindling.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Which way a device multiplies; tests of the sampler and the trainer run both ways. */
class ArithmeticTest {
  /** As this processor multiplies bfloat16 numbers, and as any can. */
  static Stream<Arithmetic> halves() {
    return Stream.of(Arithmetic.of(Precision.BFLOAT16, Device.CPU), Arithmetic.WIDENED_BFLOAT16)
        .distinct();
  }

  @Test
  void aFactorHasTheBytesOfTheTypeThatItIsMultipliedIn() {
    assertThat(Arithmetic.FLOAT32.bytes()).isEqualTo(4);
    assertThat(Arithmetic.BFLOAT16.bytes()).isEqualTo(2);
    assertThat(Arithmetic.WIDENED_BFLOAT16.bytes()).isEqualTo(4);
  }

  @Test
  void gpusMultiplyEitherPrecision() {
    assertThat(Arithmetic.of(Precision.FLOAT32, Device.cuda(0))).isEqualTo(Arithmetic.FLOAT32);
    assertThat(Arithmetic.of(Precision.BFLOAT16, Device.cuda(0))).isEqualTo(Arithmetic.BFLOAT16);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void thisProcessorMultipliesBfloat16WhereTheSystemSaysItHasAvx512() throws IOException {
    List<String> flags =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("flags"))
            .limit(1)
            .flatMap(line -> Arrays.stream(line.split("\\s+")))
            .toList();
    boolean has =
        flags.containsAll(List.of("avx512bw", "avx512vl", "avx512dq"))
            || flags.contains("avx_ne_convert");
    assertThat(Arithmetic.of(Precision.BFLOAT16, Device.CPU))
        .isEqualTo(has ? Arithmetic.BFLOAT16 : Arithmetic.WIDENED_BFLOAT16);
    assertThat(Arithmetic.of(Precision.FLOAT32, Device.CPU)).isEqualTo(Arithmetic.FLOAT32);
  }
}
