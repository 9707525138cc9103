package dev.kindling.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindling.GoldenModel;
import dev.kindling.check.InvalidInputException;
import dev.kindling.io.FloatType;
import dev.kindling.io.TensorSpec;
import dev.kindling.pretrained.EditedModel.Values;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model folder is read whole and right, or refused with the file, the tensor and the rule. */
class ModelFolderTest {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String NORM = "model.norm.weight";
  private static final String HEAD = "lm_head.weight";
  private static final String EMBEDDING = "model.embed_tokens.weight";

  @TempDir Path temporary;
  private EditedModel single;
  private EditedModel sharded;

  @BeforeEach
  void copyModels() throws IOException {
    single = EditedModel.of(GoldenModel.of("qwen3-tiny"), temporary.resolve("single"));
    sharded =
        EditedModel.of(GoldenModel.of("qwen3-tiny-bf16-sharded"), temporary.resolve("sharded"));
  }

  @Test
  void everyFileButWeightsAndCodeBelongsToTheModel() throws IOException {
    for (String name :
        List.of("LICENSE", "merges.txt", "modeling_evil.py", ".gitattributes", "x.bin")) {
      Files.writeString(single.folder().resolve(name), name);
    }
    assertThat(single.open().files().keySet())
        .containsExactly(
            "LICENSE",
            "chat_template.jinja",
            "config.json",
            "generation_config.json",
            "merges.txt",
            "tokenizer.json",
            "tokenizer_config.json");
    assertThat(single.open().files().get("chat_template.jinja"))
        .isEqualTo(Files.readAllBytes(single.folder().resolve("chat_template.jinja")));
    assertThat(sharded.open().files()).doesNotContainKey(INDEX);
  }

  @Test
  void aMissingAnExtraAndAMisshapenTensorAreAllNamed() throws IOException {
    single.editTensors(
        SINGLE,
        tensors -> {
          tensors.remove(NORM);
          tensors.put("x", values("x", FloatType.F32, 2));
          String gate = "model.layers.1.mlp.gate_proj.weight";
          tensors.put(gate, values(gate, FloatType.F32, 160, 63));
        });
    String file = single.path(SINGLE).toString();
    assertThatThrownBy(single::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            """
            Invalid weights in %s: no tensor model.norm.weight (must have every parameter that config.json implies)
            Invalid tensor model.layers.1.mlp.gate_proj.weight in %s: [160, 63] (must be [160, 64])
            Invalid tensor x in %s: extra (must be a parameter of config.json)"""
                .formatted(single.path(), file, file));
  }

  @Test
  void aTensorOfIntegersIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(single.folder().resolve(SINGLE));
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    int at = text.indexOf("\"dtype\":\"F32\"", text.indexOf(NORM)) + 9;
    try (RandomAccessFile file =
        new RandomAccessFile(single.folder().resolve(SINGLE).toFile(), "rw")) {
      file.seek(at);
      file.write('I');
    }
    assertThatThrownBy(single::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid tensor %s in %s: I32 (must be F32, F16 or BF16)"
                .formatted(NORM, single.path(SINGLE)));
  }

  @Test
  void aTruncatedShardIsRefused() throws IOException {
    Path shard = sharded.folder().resolve("model-00002-of-00002.safetensors");
    try (RandomAccessFile file = new RandomAccessFile(shard.toFile(), "rw")) {
      file.setLength(file.length() - 1);
    }
    assertThatThrownBy(sharded::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "Cannot read %s: its tensors take "
                .formatted(sharded.path("model-00002-of-00002.safetensors")));
  }

  @Test
  void aTiedHeadMayBeStoredOnlyAsTheEmbedding() throws IOException {
    single.editTensors(SINGLE, tensors -> tensors.put(HEAD, copy(tensors.get(EMBEDDING), HEAD)));
    assertThat(single.open().shape().tiedHead()).isTrue();
    try (StoredWeights weights = single.open().weights()) {
      assertThat(weights.manifest().tensors()).extracting(TensorSpec::name).contains(HEAD);
    }
    single.editTensors(SINGLE, tensors -> tensors.get(HEAD).values()[608 * 64 - 1] += 1e-7f);
    assertThatThrownBy(single::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid tensor %s in %s: another than %s (must equal it bit for bit while tie_word_embeddings is true)"
                .formatted(HEAD, single.path(SINGLE), EMBEDDING));
  }

  @Test
  void theIndexMustAgreeWithTheShardsInBothDirections() throws IOException {
    String first = "model-00001-of-00002.safetensors";
    String second = "model-00002-of-00002.safetensors";
    sharded.edit(INDEX, index -> map(index).put(NORM, first));
    refuses(
        "Cannot read %s: tensor %s is in %s, the index says %s"
            .formatted(sharded.path(), NORM, second, first));
    sharded.edit(INDEX, index -> map(index).remove(NORM));
    refuses(
        "Cannot read %s: tensor %s is in %s, the index says nothing of it"
            .formatted(sharded.path(), NORM, second));
    sharded.edit(INDEX, index -> map(index).put(NORM, second).put("y", second));
    refuses(
        "Cannot read %s: tensor y is not in %s, where the index has it"
            .formatted(sharded.path(), second));
    sharded.edit(INDEX, index -> map(index).put("y", "../secret.safetensors"));
    refuses(
        "Invalid weight_map in %s: tensor y is in '../secret.safetensors' (must be a .safetensors file of the folder)"
            .formatted(sharded.path(INDEX)));
    sharded.edit(INDEX, index -> map(index).remove("y"));
    sharded.open();
    Files.delete(sharded.folder().resolve(first));
    refuses("Cannot read %s: it is missing, but %s names it".formatted(sharded.path(first), INDEX));
    sharded.edit(INDEX, index -> index.remove("weight_map"));
    refuses(
        "Invalid weight_map in %s: missing (must map tensors to files)"
            .formatted(sharded.path(INDEX)));
  }

  @Test
  void weightsInBothFormsAreRefusedUnlessTheIndexNamesTheOneFile() throws IOException {
    Files.copy(single.folder().resolve(SINGLE), sharded.folder().resolve(SINGLE));
    refuses(
        "Cannot read %s: it has %s and %s, which does not name it (must have one of them)"
            .formatted(sharded.path(), SINGLE, INDEX));
    Files.writeString(single.folder().resolve(INDEX), "{\"weight_map\": {}}");
    single.edit(
        INDEX,
        index -> single.tensors(SINGLE).keySet().forEach(name -> map(index).put(name, SINGLE)));
    assertThat(single.open().shape().layers()).isEqualTo(2);
    single.edit(INDEX, index -> map(index).remove(NORM));
    assertThatThrownBy(single::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Cannot read %s: tensor %s is in %s, the index says nothing of it"
                .formatted(single.path(), NORM, SINGLE));
  }

  @Test
  void storedRotaryFrequenciesArePassedOver() throws IOException {
    String name = "model.layers.0.self_attn.rotary_emb.inv_freq";
    single.editTensors(SINGLE, tensors -> tensors.put(name, values(name, FloatType.F32, 16)));
    try (StoredWeights weights = single.open().weights()) {
      assertThat(weights.manifest().tensors()).extracting(TensorSpec::name).doesNotContain(name);
    }
    String shard = "model-00002-of-00002.safetensors";
    sharded.editTensors(
        shard,
        tensors ->
            tensors.put("rotary_emb.inv_freq", values("rotary_emb.inv_freq", FloatType.F16, 8)));
    sharded.edit(INDEX, index -> map(index).put("rotary_emb.inv_freq", shard));
    assertThat(sharded.open().shape().layers()).isEqualTo(3);
  }

  @Test
  void aSlidingWindowIsHeldAgainstTheLongestSequenceThatIsWanted() throws IOException {
    single.edit(
        "config.json", config -> config.put("use_sliding_window", true).put("sliding_window", 128));
    ModelFolder model = single.open();
    assertThat(model.shape(128).maxPositions()).isEqualTo(128);
    assertThatThrownBy(() -> model.shape(129))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid sliding_window in %s: 128 (must be null, use_sliding_window false in a Qwen model, or >= the longest sequence, 129 (model.max_positions): attention is full)"
                .formatted(single.path("config.json")));
    // Of 512 positions.
    assertThatThrownBy(() -> model.shape(4096)).hasMessageContaining("sequence, 512 (");
  }

  @Test
  void picklesAreNeverRead() throws IOException {
    Files.delete(single.folder().resolve(SINGLE));
    assertThatThrownBy(single::open)
        .hasMessage(
            "Cannot read %s: it has neither %s nor %s".formatted(single.path(), SINGLE, INDEX));
    Files.writeString(single.folder().resolve("pytorch_model.bin"), "cos\nsystem\n");
    assertThatThrownBy(single::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "Cannot read %s: its weights are pickled in pytorch_model.bin, which may run any code and is never read (convert them to safetensors"
                .formatted(single.path()));
  }

  @Test
  void aFolderThatWasClonedWithoutItsLargeFilesIsToldSo() throws IOException {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
    for (String name :
        List.of(SINGLE, "tokenizer.json", "config.json", "model-00002-of-00002.safetensors")) {
      EditedModel model = name.startsWith("model-") ? sharded : single;
      byte[] before = Files.readAllBytes(model.folder().resolve(name));
      Files.writeString(model.folder().resolve(name), pointer);
      assertThatThrownBy(model::open)
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "Cannot read %s: it is a Git LFS pointer: run git lfs pull"
                  .formatted(model.path(name)));
      Files.write(model.folder().resolve(name), before);
    }
    assertThat(single.open().shape().vocab()).isEqualTo(608);
  }

  @Test
  void aFolderWithoutATokenizerIsRefused() throws IOException {
    Files.delete(single.folder().resolve("tokenizer.json"));
    assertThatThrownBy(single::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Cannot read %s: it has no tokenizer.json (must be a model folder as downloaded from Hugging Face)"
                .formatted(single.path()));
  }

  private void refuses(String message) {
    assertThatThrownBy(sharded::open).isInstanceOf(InvalidInputException.class).hasMessage(message);
  }

  private static ObjectNode map(ObjectNode index) {
    return (ObjectNode) index.get("weight_map");
  }

  private static Values values(String name, FloatType type, long... shape) {
    TensorSpec spec = new TensorSpec(name, type, java.util.Arrays.stream(shape).boxed().toList());
    return new Values(spec, new float[(int) spec.size()]);
  }

  private static Values copy(Values source, String name) {
    TensorSpec spec = new TensorSpec(name, source.spec().type(), source.spec().shape());
    return new Values(spec, source.values().clone());
  }
}
