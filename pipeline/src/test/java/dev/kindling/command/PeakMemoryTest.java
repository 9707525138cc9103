package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.LongTests;
import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A task takes no more memory than its formula allows, for a policy of 84 M parameters of which 34
 * M are the embedding: in float32 336 MB of weights, of which a second embedding would make 470,
 * and a cache of 268 MB for 64 rows of 128 tokens. The long form adds bfloat16: half of both, where
 * the processor multiplies such numbers.
 */
@EnabledOnOs(OS.LINUX)
class PeakMemoryTest {
  private static final String CONFIG =
      """
      {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": 65536,
       "hidden_size": 512, "num_hidden_layers": 16, "num_attention_heads": 8,
       "num_key_value_heads": 4, "head_dim": 64, "intermediate_size": 1536,
       "max_position_embeddings": 256, "rope_theta": 10000.0, "rms_norm_eps": 1e-6,
       "tie_word_embeddings": true}
      """;

  private static final List<String> PRECISIONS =
      LongTests.ARE_RUN ? List.of("float32", "bfloat16") : List.of("float32");

  @TempDir private Path temporary;

  @Test
  void samplingAndTrainingStayWithinWhatIsAllowed() throws IOException {
    Path model = Files.createDirectory(temporary.resolve("middle"));
    Files.writeString(model.resolve("config.json"), CONFIG);
    CommandResult result =
        CommandResult.of(
            "bench",
            "--what=memory",
            "--model=" + model,
            "--folder=" + temporary,
            "--precision=" + String.join(",", PRECISIONS));
    assertThat(result.code()).as(result.err()).isZero();
    List<String[]> rows =
        result
            .out()
            .lines()
            .filter(line -> line.startsWith("middle"))
            .map(line -> line.strip().split("\\s{2,}", -1))
            .toList();
    assertThat(rows).hasSize(2 * PRECISIONS.size());
    assertThat(rows.subList(0, 2)).extracting(row -> row[3]).containsExactly("rollout", "train");
    // (83.91 M + 8192 numbers a position * 8192 positions) * 4 or 2 bytes * 1.15.
    assertThat(rows.get(0)[5]).isEqualTo("662");
    if (LongTests.ARE_RUN) {
      boolean half = Arithmetic.of(Precision.BFLOAT16, Device.CPU) == Arithmetic.BFLOAT16;
      assertThat(rows.get(2)[5]).isEqualTo(half ? "331" : "662");
    }
    assertThat(rows)
        .allSatisfy(
            row -> assertThat(Long.parseLong(row[4])).isBetween(1L, Long.parseLong(row[5])));
  }
}
