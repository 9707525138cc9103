package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The measurements of a model of a few thousand parameters: every stage runs, nothing stays. */
class BenchCommandTest {
  private static final String CONFIG =
      """
      {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": 300,
       "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
       "num_key_value_heads": 1, "head_dim": 4, "intermediate_size": 16,
       "max_position_embeddings": 256, "rope_theta": 10000.0, "rms_norm_eps": 1e-6,
       "tie_word_embeddings": true}
      """;

  @TempDir private Path temporary;

  @Test
  void aRunBeginsWithManyPromptsAndAStepDrawsOfThem() {
    CommandResult result =
        CommandResult.of(
            "bench", "--what=prompts", "--prompts=200", "--repeats=1", "--folder=" + temporary);
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("200 prompts of 300 tokens", "a run begins (driver heap ", "a step draws 64");
    assertThat(temporary).isEmptyDirectory();
    CommandResult.refuses(
        "Invalid --prompts: 63 (must be >= 64)",
        "bench",
        "--what=prompts",
        "--prompts=63",
        "--folder=" + temporary);
  }

  @Test
  void everyTableHasItsRowsAndTheFolderIsLeftEmpty() throws IOException {
    Path model = Files.createDirectory(temporary.resolve("tiny"));
    Files.writeString(model.resolve("config.json"), CONFIG);
    Path place = Files.createDirectory(temporary.resolve("place"));
    CommandResult result =
        CommandResult.of(
            "bench",
            "--model=" + model,
            "--folder=" + place,
            "--precision=float32",
            "--warm-up=1",
            "--repeats=1");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(firstColumns(result.out()))
        .containsExactly(
            "one of 2 cores, all busy",
            "reads from memory",
            "float32 products",
            "bfloat16 products",
            "decode | precision",
            "tiny | float32 | 8 × 8 × (16 + 128)",
            "tiny | float32 | 8 × 8 × (64 + 64)",
            "prefill | precision",
            "tiny | float32 | 8 × 1 × (64 + 1)",
            "train | precision",
            "tiny | float32 | 32 × 1 × (64 + 128)",
            "tiny | float32 | 4 × 8 × (64 + 128)",
            "step | precision",
            "tiny | float32 | 32 × 8 × (64 + 64)",
            "tiny | float32 | 32 × 8 × (64 + 64)");
    assertThat(result.out())
        .containsPattern("32 × 8 × \\(64 \\+ 64\\) +0( +[0-9.]+){7} +0 %")
        .containsPattern("32 × 8 × \\(64 \\+ 64\\) +1( +[0-9.]+){7} +0 %");
    try (Stream<Path> left = Files.list(place)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void weighingIsMeasuredBesideDuckDb() throws IOException {
    CommandResult result =
        CommandResult.of(
            "bench", "--what=weigh", "--rows=320", "--repeats=1", "--folder=" + temporary);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    List<String> lines = result.out().lines().filter(line -> !line.isBlank()).skip(1).toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).startsWith("320 samples ");
    assertThat(lines.get(2)).matches("weigh( +[0-9.]+)( +[0-9]+ %) .* 1.00 times as long");
    assertThat(lines.get(3)).matches("DuckDB( +[0-9.]+)( +[0-9]+ %) .* times as long");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aNumberOfRowsThatLeavesAnExampleShortIsTheUsersMistake() {
    CommandResult result =
        CommandResult.of("bench", "--what=weigh", "--rows=33", "--folder=" + temporary);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).isEqualTo("Invalid --rows: 33 (must be a multiple of 32)\n");
  }

  /** The texts with which the lines of the tables begin, without rules and the machine's line. */
  private static List<String> firstColumns(String out) {
    return out.lines()
        .skip(1)
        .filter(line -> !line.isBlank() && !line.startsWith("─"))
        .map(line -> line.strip().replaceAll("\\s{2,}", " | "))
        .map(line -> line.replaceAll(" \\| (at best|[0-9.]+ (GB|GFLOP)/s).*", ""))
        .map(line -> line.replaceAll("( precision| float32) \\| (shape|per task).*", "$1"))
        .map(line -> line.replaceAll("(\\)) \\|.*", "$1"))
        .toList();
  }

  @Test
  void anUnknownShapeIsTheUsersMistake() {
    CommandResult result = CommandResult.of("bench", "--shape=huge");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).isEqualTo("Unknown shape: huge (must be small or big)\n");
  }

  @Test
  void aFolderWithoutAModelIsNamed() {
    CommandResult result = CommandResult.of("bench", "--model=" + temporary);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).startsWith("Cannot read " + temporary + "/config.json: ");
  }
}
