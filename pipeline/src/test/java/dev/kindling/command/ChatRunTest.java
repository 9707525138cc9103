package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.GoldenModel;
import dev.kindling.io.RunFolder;
import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of models that come with a tokenizer, a chat template and ends of their own. */
class ChatRunTest {
  @TempDir Path temporary;

  private String data;

  @BeforeEach
  void writeProblems() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      lines.add("{\"id\":\"%d\",\"prompt\":\"2 + %d?\",\"answer\":\"%d\"}".formatted(i, i, 2 + i));
    }
    data = Files.write(temporary.resolve("data.jsonl"), lines).toString();
  }

  private List<String> settings(String model, String... more) throws IOException {
    List<String> sets = new ArrayList<>();
    sets.addAll(
        SmallRun.settings(
            temporary,
            "run",
            "run.steps=1",
            "model.checkpoint=" + GoldenModel.of(model).folder(),
            "model.max_positions=128",
            "data.path=" + data));
    sets.addAll(Arrays.asList(more));
    return sets;
  }

  /** Settings of a run from qwen3-tiny with another {@code eos_token_id} to generate with. */
  private List<String> ending(String ids) throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("model"));
    try (Stream<Path> files = Files.list(GoldenModel.of("qwen3-tiny").folder())) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Files.writeString(
        folder.resolve("generation_config.json"), "{\"eos_token_id\": %s}".formatted(ids));
    return settings("qwen3-tiny", "data.style=chat", "model.checkpoint=" + folder);
  }

  private static void refuses(List<String> settings, String message) {
    CommandResult.refuses(message, SmallRun.arguments("prepare", settings));
  }

  private List<PromptRow> prompts(RunFolder run) {
    return Table.PROMPTS.collect(
        Table.PROMPTS.read(SmallRun.spark(), run.prompts().toString()).orderBy("position"));
  }

  @Test
  void aChatPromptIsTheTemplatesAndAnAnswerEndsWithTheTurn() throws IOException {
    RunFolder run =
        SmallRun.train(
            settings(
                "qwen3-tiny", "data.style=chat", "data.system_prompt=Add.", "data.thinking=false"),
            false);
    PromptRow prompt = prompts(run).get(3);
    assertThat(prompt.prompt())
        .isEqualTo(
            """
            <|im_start|>system
            Add.<|im_end|>
            <|im_start|>user
            2 + 3?<|im_end|>
            <|im_start|>assistant
            <think>

            </think>

            """);
    // <|im_start|> is 594, <|im_end|> 595.
    assertThat(prompt.promptIds()).startsWith(594).contains(595);
    assertThat(prompt.goldIds()).hasSize(2).endsWith(595);
    List<RolloutRow> rollouts = SmallRun.rows(run, 1, Table.ROLLOUTS);
    assertThat(rollouts).hasSize(SmallRun.PROMPTS * SmallRun.SAMPLES);
    for (RolloutRow rollout : rollouts) {
      int[] answer = rollout.answerIds();
      int last = answer[answer.length - 1];
      assertThat(Arrays.copyOf(answer, answer.length - 1)).doesNotContain(593, 595);
      assertThat(last == 593 || last == 595).isEqualTo(rollout.finishReason().equals("stop"));
    }
  }

  @Test
  void aTurnEndsWhereTheTokenizerSaysThoughTheGenerationConfigForgetsIt() throws IOException {
    RunFolder run = SmallRun.train(ending("593"), false);
    assertThat(prompts(run).get(0).goldIds()).endsWith(595);
    for (RolloutRow rollout : SmallRun.rows(run, 1, Table.ROLLOUTS)) {
      int[] answer = rollout.answerIds();
      assertThat(Arrays.copyOf(answer, answer.length - 1)).doesNotContain(593, 595);
    }
  }

  @Test
  void anEndBeyondTheVocabularyIsRefusedBeforeAnythingIsSampled() throws IOException {
    refuses(
        ending("[595, 151645]"),
        "Invalid eos_token_id in generation_config.json: [595, 151645] (must be < the policy's vocabulary, 608)");
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  @Test
  void aPlainPromptStartsWithBosAndAGoldAnswerDoesNot() throws IOException {
    RunFolder run = SmallRun.train(settings("llama3-tiny", "sampler.thinking_tokens=0"), false);
    PromptRow prompt = prompts(run).get(0);
    assertThat(prompt.prompt()).isEqualTo("2 + 0?");
    // <|begin_of_text|> is 583, <|eot_id|> 589.
    assertThat(prompt.promptIds()).startsWith(583);
    assertThat(prompt.goldIds()).doesNotContain(583).endsWith(589);
    assertThat(SmallRun.rows(run, 1, Table.ROLLOUTS))
        .allMatch(rollout -> rollout.rationaleIds().length == 0);
  }

  @Test
  void aModelWithoutAChatTemplateIsRefusedByName() throws IOException {
    refuses(
        SmallRun.settings(temporary, "run", "data.style=chat"),
        "Invalid data.style: chat (must be cold or warm, as file:%s/run/model has no chat template)"
            .formatted(temporary));
  }

  @Test
  void anEndOfThinkingOfSeveralTokensIsRefusedWithThemAndLeavesNoRunFolderBehind()
      throws IOException {
    refuses(
        settings("qwen3-tiny", "sampler.end_of_thinking=</a"),
        "Invalid sampler.end_of_thinking: </a (must be one token of the tokenizer, which makes '<', '/', 'a' of it) (with sampler.thinking_tokens: 0 none is needed)");
    assertThat(temporary.resolve("run")).doesNotExist();
  }
}
