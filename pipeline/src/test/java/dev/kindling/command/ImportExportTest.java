package dev.kindling.command;

import static dev.kindling.command.CommandResult.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.GoldenModel;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.io.CheckpointVector;
import dev.kindling.io.RunFolder;
import dev.kindling.pretrained.ModelFolder;
import dev.kindling.pretrained.StoredWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From a Hugging Face folder through training to such a folder. */
class ImportExportTest {
  @TempDir Path temporary;
  private String data;

  @BeforeEach
  void writeProblems() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      lines.add(
          "{\"id\":\"%d\",\"prompt\":\"How much is 2 + %d?\",\"answer\":\"%d\"}"
              .formatted(i, i, 2 + i));
    }
    data = Files.write(temporary.resolve("data.jsonl"), lines).toString();
  }

  @ParameterizedTest
  @MethodSource("dev.kindling.GoldenModel#all")
  void anUntrainedModelComesOutAsItWentIn(GoldenModel model) throws IOException {
    succeeds(SmallRun.arguments("prepare", settings("run", model.folder())));
    succeeds("export", run(), "--to", target().toString());
    try (StoredWeights in = model.open().weights();
        StoredWeights out = open(target()).weights()) {
      assertThat(out.manifest()).isEqualTo(in.manifest());
      assertThat(bits(out, model.open().shape())).isEqualTo(bits(in, model.open().shape()));
    }
    for (String file : open(target()).files().keySet()) {
      assertThat(target().resolve(file)).hasSameBinaryContentAs(model.file(file));
    }
    assertThat(open(target()).files().keySet()).isEqualTo(model.open().files().keySet());
  }

  @Test
  void aTrainedModelExportsItsWeightsAndTrainsOnFromThem() throws IOException {
    GoldenModel model = GoldenModel.of("qwen3-tiny");
    succeeds(SmallRun.arguments("train", settings("run", model.folder())));
    CommandResult export = CommandResult.of("export", run(), "--to", target().toString());
    assertThat(export.err()).isEmpty();
    assertThat(export.out().strip())
        .isEqualTo(
            "Exported step 2 of file:%s/run: 599808 bytes of weights in 1 file, in file:%s"
                .formatted(temporary, target()));
    RunFolder run = SmallRun.folder(temporary, "run");
    ModelConfig shape = model.open().shape();
    int[] trained = bits(run, 2, shape);
    try (StoredWeights out = open(target()).weights();
        StoredWeights in = model.open().weights()) {
      assertThat(bits(out, shape)).isEqualTo(trained).isNotEqualTo(bits(in, shape));
    }

    succeeds(SmallRun.arguments("prepare", settings("again", target())));
    assertThat(bits(SmallRun.folder(temporary, "again"), 0, shape)).isEqualTo(trained);

    // A run folder is a checkpoint too, and carries the model's files on.
    succeeds(SmallRun.arguments("prepare", settings("third", temporary.resolve("run"))));
    succeeds(
        "export",
        temporary.resolve("third").toString(),
        "--to",
        temporary.resolve("third-out").toString());
    assertThat(temporary.resolve("third-out/model.safetensors"))
        .hasSameBinaryContentAs(target().resolve("model.safetensors"));
    assertThat(temporary.resolve("third-out/chat_template.jinja"))
        .hasSameBinaryContentAs(model.file("chat_template.jinja"));
  }

  @Test
  void aPolicyThatBeganInARunExportsAsOneOfItsFamily() throws IOException {
    succeeds(SmallRun.arguments("prepare", SmallRun.settings(temporary, "run")));
    succeeds("export", run(), "--to", target().toString(), "--dtype", "bfloat16", "--step", "0");
    assertThat(open(target()).files().keySet())
        .containsExactly(
            "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json");
    GoldenModel out = new GoldenModel(target());
    assertThat(out.json("config.json").at("/architectures/0").asText())
        .isEqualTo("Qwen3ForCausalLM");
    assertThat(out.json("config.json").get("torch_dtype").asText()).isEqualTo("bfloat16");
    assertThat(out.json("tokenizer_config.json").get("eos_token").asText())
        .isEqualTo("<|endoftext|>");
    assertThat(out.json("generation_config.json").get("eos_token_id").asInt()).isEqualTo(1);
  }

  @Test
  void mistakesAreNamed() throws IOException {
    succeeds(SmallRun.arguments("prepare", SmallRun.settings(temporary, "run")));
    refuses(
        "Invalid --step: 3 (must be in [0, 0])",
        "export",
        run(),
        "--step",
        "3",
        "--to",
        target().toString());
    CommandResult size =
        CommandResult.of("export", run(), "--to", target().toString(), "--shard-size", "5 parsec");
    assertThat(size.err())
        .startsWith(
            "Invalid value for option '--shard-size': '5 parsec' must be a number >= 1 with B, KB, MB, GB, KiB, MiB, GiB, or k, m, g as Spark has them");
    assertThat(size.code()).isEqualTo(Main.USERS_MISTAKE);
    assertThat(target()).doesNotExist();
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    refuses(
        "Invalid model.checkpoint: %s (must be a run folder, with config.yaml, or a Hugging Face model folder, with config.json)"
            .formatted(empty),
        SmallRun.arguments("prepare", settings("other", empty)));
  }

  private List<String> settings(String name, Path checkpoint) throws IOException {
    return SmallRun.settings(
        temporary,
        name,
        "run.steps=2",
        "model.checkpoint=" + checkpoint,
        "model.max_positions=64",
        "data.path=" + data,
        "sampler.end_of_thinking=" + added(checkpoint, 0),
        "sampler.end_of_sequence=" + added(checkpoint, 1));
  }

  /** One of a tokenizer's added tokens, which every golden model names differently. */
  private static String added(Path folder, int index) {
    Path model = Files.exists(folder.resolve("tokenizer.json")) ? folder : folder.resolve("model");
    if (!Files.exists(model.resolve("tokenizer.json"))) {
      return "none" + index;
    }
    return new GoldenModel(model)
        .json("tokenizer.json")
        .at("/added_tokens/" + index + "/content")
        .asText();
  }

  private String run() {
    return temporary.resolve("run").toString();
  }

  private Path target() {
    return temporary.resolve("out");
  }

  private static ModelFolder open(Path folder) throws IOException {
    return ModelFolder.open(new Configuration(), new org.apache.hadoop.fs.Path(folder.toUri()));
  }

  private static int[] bits(StoredWeights weights, ModelConfig shape) throws IOException {
    float[] values = new float[(int) ParameterLayout.of(shape).size()];
    weights.read(0, values);
    return bits(values);
  }

  private static int[] bits(RunFolder run, long step, ModelConfig shape) throws IOException {
    float[] values = new float[(int) ParameterLayout.of(shape).size()];
    try (CheckpointVector vector =
        CheckpointVector.open(
            run.fileSystem(), run.checkpoint(step), run.readCommit(step).checkpoint())) {
      assertThat(vector.size()).isEqualTo(values.length);
      vector.read(0, values);
    }
    return bits(values);
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  private static void succeeds(String... arguments) {
    CommandResult result = CommandResult.of(arguments);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }
}
