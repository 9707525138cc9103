package dev.kindling.track;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.io.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file metrics.jsonl, whatever a killed driver has left of it. */
class JsonLinesTest {
  private static final String TWO = "{\"step\":1,\"tokens\":7,\"reward\":0.5}\n{\"step\":2}\n";

  @TempDir private Path temporary;
  private Path file;
  private JsonLines lines;

  @BeforeEach
  void ofARun() throws IOException {
    RunFolder run =
        RunFolder.create(
            new Configuration(),
            new org.apache.hadoop.fs.Path(temporary.resolve("run").toUri()),
            "run: {}\n");
    file = temporary.resolve("run/metrics.jsonl");
    lines = new JsonLines(run);
  }

  @Test
  void aStepIsALineWithItsFiguresInTheirOrder() throws IOException {
    Map<String, Number> figures = new LinkedHashMap<>();
    figures.put("tokens", 7L);
    figures.put("reward", 0.5);
    assertThat(lines.held(0)).isZero();
    lines.send(List.of(new StepFigures(1, 0, figures)));
    lines.send(List.of(new StepFigures(2, 0, Map.of())));
    assertThat(file).hasContent(TWO);
    assertThat(lines.held(2)).isEqualTo(2);
  }

  @Test
  void whatIsNotALineOfAStepThatWasSentIsCut() throws IOException {
    for (String rest :
        List.of("{\"step\":3,\"rew", "{\"step\":3}", "{\"step\":4}\n", "x\n", "\n")) {
      Files.writeString(file, TWO + rest);
      assertThat(lines.held(9)).as(rest).isEqualTo(2);
      assertThat(Files.readString(file)).isEqualTo(TWO);
    }
  }

  @Test
  void stepsThatWereGoneBackFromAreCut() throws IOException {
    Files.writeString(file, TWO);
    assertThat(lines.held(1)).isEqualTo(1);
    assertThat(Files.readString(file)).isEqualTo("{\"step\":1,\"tokens\":7,\"reward\":0.5}\n");
    assertThat(lines.held(0)).isZero();
    assertThat(file).isEmptyFile();
  }
}
