package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.io.RunFolder;
import dev.kindling.row.Table;
import dev.kindling.run.RunStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The run files of the data sets with {@code conf/tiny.yaml} over them, on real records; the
 * environment variable KINDLING_DATA points to the data sets' folder.
 */
class DataSetRunsTest {
  @TempDir Path temporary;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "finqa | finqa/dev.sample.json finqa/test.sample.json | 305",
        "hotpotqa | hotpotqa/hotpot_train_v1.1.sample.json | 45",
        "musique | musique/musique_ans_v1.0_train.sample.jsonl | 5",
        "gsm8k | gsm8k/train.jsonl gsm8k/test.jsonl | 500",
        "math500 | math500/test.jsonl | 300",
        "aime | aime24/test.jsonl aime25/test.jsonl | 30",
        "olympiadbench | olympiadbench/test.jsonl | 375",
        "minerva | minerva_math/test.jsonl | 150",
        "dapo-math | dapo_math_17k/dapo_math_17k.sample.jsonl | 398",
      })
  void aTinyPolicyRunsTwoStepsOnEachOfThem(String set, String files, long examples)
      throws IOException {
    String data = System.getenv("KINDLING_DATA");
    assumeTrue(data != null, "KINDLING_DATA is not set: real records are not read");
    List<String> arguments = new ArrayList<>(List.of("train"));
    for (String config : List.of(set, "tiny")) {
      arguments.addAll(List.of("--config", Path.of("..", "conf", config + ".yaml").toString()));
    }
    for (String file : files.split(" ", -1)) {
      arguments.addAll(List.of("--data", Path.of(data, file).toString()));
    }
    // Longer prompts would take a minute, of a byte a token as they are.
    for (String setting :
        List.of(
            "run.steps=2",
            "run.folder=" + temporary,
            "sampler.prompts_per_step=2",
            "sampler.samples=2",
            "data.max_chars=7000",
            "data.max_rejected_share=1")) {
      arguments.addAll(List.of("--set", setting));
    }
    CommandResult result = CommandResult.of(arguments.toArray(new String[0]));
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    RunFolder run = SmallRun.folder(temporary, set + "-tiny");
    assertThat(run.readCommit(0).rows()).containsEntry(RunStart.ALL_PROMPTS, examples);
    // Two prompts with two samples each, and a gradient of likelihoods that differ.
    assertThat(run.readCommit(2).rows())
        .containsEntry("2-rollouts", 4L)
        .containsEntry("4-weights", 2L);
    assertThat(SmallRun.rows(run, 2, Table.STEP).get(0).gradNorm()).isGreaterThan(0);
  }
}
