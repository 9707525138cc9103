package dev.kindling.command;

import static dev.kindling.command.SmallRun.PROMPTS;
import static dev.kindling.command.SmallRun.SAMPLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.dataset.ArithmeticProblems;
import dev.kindling.io.CheckpointSlice;
import dev.kindling.io.RunFolder;
import dev.kindling.row.BatchRow;
import dev.kindling.row.CarriedRow;
import dev.kindling.row.MetricsRow;
import dev.kindling.row.PromptRow;
import dev.kindling.row.RolloutRow;
import dev.kindling.row.StepRow;
import dev.kindling.row.Table;
import dev.kindling.row.WeightRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every objective but garl takes a step of the whole loop. */
class ObjectivesRunTest {
  @TempDir Path temporary;

  private RunFolder train(String... more) throws IOException {
    List<String> settings = SmallRun.settings(temporary, "run", "run.steps=1");
    settings.addAll(Arrays.asList(more));
    return SmallRun.train(settings, false);
  }

  /** Problems that the verifier holds solved when one digit stands anywhere in the answer. */
  private String easyProblems() throws IOException {
    Path file = temporary.resolve("easy.jsonl");
    String line =
        "{\"id\":\"%d\",\"prompt\":\"1+%1$d?\",\"answer\":\"%d\",\"verifier\":\"substring_match\"}";
    Files.write(
        file,
        List.of(
            line.formatted(1, 2),
            line.formatted(2, 3),
            line.formatted(3, 4),
            line.formatted(4, 5)));
    return "data.path=" + file;
  }

  private static MetricsRow metrics(RunFolder run) throws IOException {
    return SmallRun.rows(run, 1, Table.METRICS).get(0);
  }

  private static float[] parameters(RunFolder run, long step, int slice) throws IOException {
    return CheckpointSlice.read(run.fileSystem(), run.slice(step, slice, 3)).parameters();
  }

  @Test
  void paftTrainsOnTheRolloutsThatItDrewAgain() throws IOException {
    RunFolder run = train("objective.name=paft", "objective.q=0.5");
    int drawn = 0;
    for (WeightRow weights : SmallRun.rows(run, 1, Table.WEIGHTS)) {
      assertThat(Arrays.stream(weights.resampled()).sum()).isEqualTo(SAMPLES);
      drawn += (int) Arrays.stream(weights.resampled()).filter(times -> times > 0).count();
    }
    assertThat(run.readCommit(1).rows()).containsEntry("5-batches", (long) drawn);
    assertThat(metrics(run).rows()).isEqualTo(drawn);
    assertThat(metrics(run).rowsSaved()).isEqualTo(PROMPTS * SAMPLES - drawn);
  }

  @Test
  void grpoWithAKlTermMovesAwayFromTheReferenceOfTheFirstPolicy() throws IOException {
    RunFolder run =
        train(
            easyProblems(),
            "objective.name=grpo",
            "objective.success=verified",
            "objective.kl=0.1");
    MetricsRow metrics = metrics(run);
    assertThat(metrics.reward()).isStrictlyBetween(0.0, 1.0);
    // The KL term reaches rows whose advantage is 0, so that none is saved.
    assertThat(metrics.rows()).isEqualTo(PROMPTS * SAMPLES);
    List<StepRow> updates = SmallRun.rows(run, 1, Table.STEP);
    StepRow first = updates.get(0).update() == 0 ? updates.get(0) : updates.get(1);
    StepRow second = updates.get(0).update() == 1 ? updates.get(0) : updates.get(1);
    // The policy is its own reference before the first update, and no longer after it.
    assertThat(first.kl()).isCloseTo(0, within(1e-9));
    assertThat(second.kl()).isGreaterThan(1e-6);
  }

  @Test
  void rlooTrainsOnGroupsThatDiffer() throws IOException {
    RunFolder run = train(easyProblems(), "objective.name=rloo", "objective.success=verified");
    long trained = 0;
    for (WeightRow weights : SmallRun.rows(run, 1, Table.WEIGHTS)) {
      assertThat(Arrays.stream(weights.rationaleCoefs()).sum()).isCloseTo(0, within(1e-12));
      trained += weights.correct() % SAMPLES == 0 ? 0 : SAMPLES;
    }
    assertThat(trained).isPositive();
    assertThat(metrics(run).rows()).isEqualTo(trained);
    assertThat(metrics(run).rowsSaved()).isEqualTo(PROMPTS * SAMPLES - trained);
  }

  @Test
  void garlWithRegularisersOfTheWholeBatchDoesNotDependOnShardsAndMicroBatches()
      throws IOException {
    String[] settings = {
      "objective.name=garl",
      "objective.carry=0.5",
      "objective.schedule.shape=adaptive",
      "objective.regularisers=[lp-reg, entropy-bonus, high-entropy]",
      "objective.lp_reg.rho=0.5",
      "objective.lp_reg.proxy=sampler",
      "objective.high_entropy.share=0.5"
    };
    RunFolder run = train(settings);
    // Every rollout counts in the statistics, whatever its coefficients.
    assertThat(metrics(run).rows()).isEqualTo(PROMPTS * SAMPLES);
    assertThat(metrics(run).gradNorm()).isPositive();
    List<CarriedRow> carried = SmallRun.rows(run, 1, Table.CARRIED);
    assertThat(carried).hasSize(PROMPTS).extracting(CarriedRow::count).containsOnly(4.0);
    assertThat(run.readCommit(1).rows()).containsEntry("4-carried", (long) PROMPTS);
    String[] divided = Arrays.copyOf(settings, settings.length + 3);
    divided[settings.length] = "trainer.shards=1";
    divided[settings.length + 1] = "trainer.micro_batch_tokens=40";
    divided[settings.length + 2] = "run.name=divided";
    train(divided);
    RunFolder other = SmallRun.folder(temporary, "divided");
    MetricsRow metrics = metrics(other);
    assertThat(metrics.loss()).isCloseTo(metrics(run).loss(), within(1e-6));
    assertThat(metrics.gradNorm())
        .isCloseTo(metrics(run).gradNorm(), within(1e-4 * metrics(run).gradNorm()));
  }

  @Test
  void pretrainingTeachesTheRationalesAndAnswersOfTheDataSet() throws IOException {
    Path problems = temporary.resolve("pretraining.jsonl");
    Files.write(problems, new ArithmeticProblems(3).pretraining(8));
    List<String> settings =
        SmallRun.settings(
            temporary,
            "base",
            "data.path=" + problems,
            "model.max_positions=48",
            "pretrain.steps=2",
            "pretrain.updates_per_step=2",
            "pretrain.sequences_per_update=4");
    CommandResult result = CommandResult.of(SmallRun.arguments("pretrain", settings));
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    RunFolder run = SmallRun.folder(temporary, "base");
    assertThat(run.committedSteps()).containsExactly(0L, 1L, 2L);

    Map<String, PromptRow> prompts =
        SmallRun.rows(run, 1, Table.PROMPTS).stream()
            .collect(Collectors.toMap(PromptRow::exampleId, Function.identity()));
    for (RolloutRow rollout : SmallRun.rows(run, 1, Table.ROLLOUTS)) {
      assertThat(rollout.answerIds()).isEqualTo(prompts.get(rollout.exampleId()).goldIds());
    }
    List<BatchRow> batches = SmallRun.rows(run, 1, Table.BATCHES);
    assertThat(batches).hasSize(8);
    // Four sequences an update share its loss by tokens, so that coefficients add up to 1.
    for (int update = 0; update < 2; update++) {
      double sum = 0;
      for (BatchRow row : batches) {
        for (double coef : row.update() == update ? row.coefs() : new double[0]) {
          sum += coef;
        }
      }
      assertThat(sum).isCloseTo(1, within(1e-12));
    }
    // Both steps see all eight sequences: what step 1 learned, step 2 finds likelier.
    assertThat(SmallRun.rows(run, 2, Table.METRICS).get(0).loss()).isLessThan(metrics(run).loss());
  }

  @Test
  void equalRewardsTrainOnNothingAndLeaveThePolicyAsItIs() throws IOException {
    // Six tokens of 24 never spell an answer of the wanted form by chance under this seed.
    RunFolder run = train("objective.name=grpo", "objective.success=verified");
    MetricsRow metrics = metrics(run);
    assertThat(metrics.reward()).isZero();
    assertThat(metrics.rows()).isZero();
    assertThat(metrics.rowsSaved()).isEqualTo(PROMPTS * SAMPLES);
    assertThat(metrics.gradNorm()).isZero();
    assertThat(run.readCommit(1).rows()).containsEntry("5-batches", 0L);
    for (int slice = 0; slice < 3; slice++) {
      assertThat(parameters(run, 1, slice)).isEqualTo(parameters(run, 0, slice));
    }
  }
}
