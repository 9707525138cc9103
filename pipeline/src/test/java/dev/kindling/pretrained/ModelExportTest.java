package dev.kindling.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.GoldenModel;
import dev.kindling.check.InvalidInputException;
import dev.kindling.io.FloatType;
import dev.kindling.io.TensorSpec;
import dev.kindling.pretrained.EditedModel.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is exported is what came, in whole files that other tools know. */
class ModelExportTest {
  private static final long ONE_FILE = 1L << 40;

  @TempDir Path temporary;

  @ParameterizedTest
  @MethodSource("dev.kindling.GoldenModel#all")
  void theSameTensorsAndFilesComeOutBitForBit(GoldenModel model) throws IOException {
    for (long shardBytes : new long[] {ONE_FILE, 100_000}) {
      Path target = temporary.resolve("out-" + shardBytes);
      export(model.open(), target, Optional.empty(), shardBytes);
      assertThat(names(target)).contains("config.json", "tokenizer.json", "tokenizer_config.json");
      for (String name : names(target)) {
        if (!name.contains("safetensors")) {
          assertThat(target.resolve(name)).hasSameBinaryContentAs(model.file(name));
        }
      }
      assertThat(bits(target)).isEqualTo(bits(model.folder()));
    }
  }

  @Test
  void aFileOfWeightsEndsBeforeItWouldBeTooLarge() throws IOException {
    GoldenModel model = GoldenModel.of("qwen3-tiny");
    Path target = temporary.resolve("out");
    export(model.open(), target, Optional.empty(), 100_000);
    // 608 * 64 floats of the embedding, 155648 bytes, fill a file by themselves. A layer's q and o
    // (128, 64) and k and v (64, 64) have 32768 and 16384 bytes, gate, up and down 40960 each: in
    // the files' alphabetical order these are cut wherever 100000 bytes would be passed.
    List<String> weights = names(target).stream().filter(n -> n.endsWith(".safetensors")).toList();
    int count = weights.size();
    for (int shard = 0; shard < count; shard++) {
      String name = weights.get(shard);
      assertThat(name).isEqualTo("model-%05d-of-%05d.safetensors".formatted(shard + 1, count));
      Map<String, Values> tensors = new EditedModel(target).tensors(name);
      long bytes = tensors.values().stream().mapToLong(v -> v.spec().bytes()).sum();
      assertThat(bytes <= 100_000 || tensors.size() == 1).as(name).isTrue();
    }
    JsonNode index = new GoldenModel(target).json("model.safetensors.index.json");
    assertThat(index.at("/metadata/total_size").asLong()).isEqualTo(4 * 149_952);
    assertThat(index.get("weight_map")).hasSize(24);
    assertThat(index.at("/weight_map/model.embed_tokens.weight").asText())
        .isEqualTo(weights.get(0));
  }

  @Test
  void aStoredCopyOfATiedHeadIsWrittenAgain() throws IOException {
    EditedModel edited = EditedModel.of(GoldenModel.of("qwen2-tiny"), temporary.resolve("in"));
    String head = "lm_head.weight";
    edited.editTensors(
        "model.safetensors",
        tensors -> {
          Values embedding = tensors.get("model.embed_tokens.weight");
          TensorSpec spec = new TensorSpec(head, FloatType.F32, embedding.spec().shape());
          tensors.put(head, new Values(spec, embedding.values()));
        });
    Path target = temporary.resolve("out");
    export(edited.open(), target, Optional.empty(), ONE_FILE);
    assertThat(bits(target)).containsKey(head).isEqualTo(bits(edited.folder()));
  }

  @ParameterizedTest
  @CsvSource({
    "llama3-tiny, F16, torch_dtype, float16",
    "llama3-tiny, BF16, torch_dtype, bfloat16",
    "mistral-tiny, BF16, dtype, bfloat16",
    "qwen3-tiny-bf16-sharded, F32, dtype, float32",
  })
  void anotherTypeStandsInTheConfigurationToo(String name, FloatType type, String key, String value)
      throws IOException {
    GoldenModel model = GoldenModel.of(name);
    Path target = temporary.resolve("out");
    export(model.open(), target, Optional.of(type), ONE_FILE);
    assertThat(new EditedModel(target).tensors("model.safetensors").values())
        .allSatisfy(tensor -> assertThat(tensor.spec().type()).isEqualTo(type));
    JsonNode config = new GoldenModel(target).json("config.json");
    assertThat(config.get(key).asText()).isEqualTo(value);
    assertThat(config).hasSameSizeAs(model.json("config.json"));
    assertThat(ModelFolder.open(new Configuration(), hadoop(target)).shape())
        .isEqualTo(model.open().shape());
  }

  @Test
  void progressIsToldInBytesOfTensors() throws IOException {
    AtomicLong written = new AtomicLong();
    ModelFolder model = GoldenModel.of("qwen3-tiny-bf16-sharded").open();
    try (StoredWeights weights = model.weights()) {
      ModelExport export = new ModelExport(model, weights.manifest(), Optional.empty(), ONE_FILE);
      export.write(files(), hadoop(temporary.resolve("out")), weights, written::addAndGet);
      assertThat(export.bytes()).isEqualTo(2 * 217_632);
    }
    assertThat(written).hasValue(2 * 217_632);
  }

  @Test
  void anInterruptedExportIsNoModelAndMayBeRepeated() throws IOException {
    ModelFolder model = GoldenModel.of("qwen3-tiny").open();
    Path target = temporary.resolve("out");
    try (StoredWeights weights = model.weights()) {
      ModelExport export = new ModelExport(model, weights.manifest(), Optional.empty(), 100_000);
      AtomicLong budget = new AtomicLong(300_000);
      assertThatThrownBy(
              () ->
                  export.write(
                      files(),
                      hadoop(target),
                      weights,
                      count -> {
                        if (budget.addAndGet(-count) < 0) {
                          throw new IllegalStateException("power cut");
                        }
                      }))
          .hasMessage("power cut");
      assertThat(names(target))
          .contains("model-00001-of-00006.safetensors", "tokenizer.json")
          .doesNotContain("config.json", "model.safetensors.index.json");
      Files.write(target.resolve(".model-00003-of-00006.safetensors.1.tmp"), new byte[9]);
      export.write(files(), hadoop(target), weights, count -> {});
      assertThat(bits(target)).isEqualTo(bits(GoldenModel.of("qwen3-tiny").folder()));
      assertThat(names(target)).noneMatch(name -> name.startsWith("."));
    }
  }

  @Test
  void aFolderThatHoldsSomethingElseIsLeftAlone() throws IOException {
    ModelFolder model = GoldenModel.of("qwen3-tiny").open();
    Path target = temporary.resolve("out");
    export(model, target, Optional.empty(), ONE_FILE);
    byte[] config = Files.readAllBytes(target.resolve("config.json"));
    // The same again is none of these, and changes nothing; another type is another model.
    export(model, target, Optional.empty(), ONE_FILE);
    assertThatThrownBy(() -> export(model, target, Optional.of(FloatType.F16), ONE_FILE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "Cannot replace file:" + target.resolve("model.safetensors") + ": it has ");
    assertThat(Files.readAllBytes(target.resolve("config.json"))).isEqualTo(config);
    assertThat(bits(target)).isEqualTo(bits(GoldenModel.of("qwen3-tiny").folder()));
    Path other = Files.createDirectory(temporary.resolve("other"));
    Files.writeString(other.resolve("thesis.tex"), "x");
    assertThatThrownBy(() -> export(model, other, Optional.empty(), ONE_FILE))
        .hasMessageContaining("it has thesis.tex (must be empty");
    assertThat(names(other)).containsExactly("thesis.tex");
  }

  private static void export(
      ModelFolder model, Path target, Optional<FloatType> type, long shardBytes)
      throws IOException {
    try (StoredWeights weights = model.weights()) {
      new ModelExport(model, weights.manifest(), type, shardBytes)
          .write(files(), hadoop(target), weights, count -> {});
    }
  }

  private static FileSystem files() throws IOException {
    return FileSystem.getLocal(new Configuration());
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Type, shape and bit patterns of every tensor by name, whatever files they are in. */
  private static Map<String, List<Object>> bits(Path folder) throws IOException {
    Map<String, List<Object>> bits = new TreeMap<>();
    for (String name : names(folder)) {
      if (name.endsWith(".safetensors")) {
        new EditedModel(folder)
            .tensors(name)
            .forEach(
                (tensor, values) -> {
                  List<Object> all = new ArrayList<>();
                  all.add(values.spec());
                  for (float value : values.values()) {
                    all.add(Float.floatToRawIntBits(value));
                  }
                  bits.put(tensor, all);
                });
      }
    }
    return bits;
  }
}
