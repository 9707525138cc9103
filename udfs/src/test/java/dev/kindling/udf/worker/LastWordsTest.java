package dev.kindling.udf.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What of a process's error output is told to people. */
class LastWordsTest {
  private static String of(String errors) {
    return new LastWords(new ByteArrayInputStream(errors.getBytes(StandardCharsets.UTF_8))).line();
  }

  @Test
  void theCauseAtTheMarginIsKeptAndNotTheFramesBelowIt() {
    assertThat(of("Exception in main\n\tat Main.main\nCaused by: no 'Fläche'\n\t... 3 more\n"))
        .isEqualTo("Caused by: no 'Fläche'");
  }

  @Test
  void theLastLineNeedsNoEnd() {
    assertThat(of("Traceback:\n  File x\nModuleNotFoundError: sympy"))
        .isEqualTo("ModuleNotFoundError: sympy");
  }

  @Test
  void aProcessThatSaidNothingHasNone() {
    assertThat(of("")).isEmpty();
  }

  @Test
  void aLineOfTenMillionCharactersIsCut() {
    assertThat(of("x".repeat(10_000_000))).isEqualTo("x".repeat(500));
  }
}
