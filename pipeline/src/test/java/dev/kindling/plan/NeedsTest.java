package dev.kindling.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.conf.MachineConf;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.RopeScaling;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a run needs of memory and disks, and that the settings that mend it do. */
class NeedsTest {
  // The shape of Qwen3-8B: 8,190,735,360 parameters.
  private static final ModelConfig LARGE =
      new ModelConfig(
          151_936,
          4096,
          36,
          32,
          8,
          128,
          12_288,
          4096,
          1e6,
          RopeScaling.NONE,
          1e-6,
          true,
          false,
          false);
  private static final long PARAMETERS = 8_190_735_360L;
  private static final Sample SAMPLE = new Sample(1000, 150, 500, 4);

  private static StepWork large(String... more) {
    return TinyPlan.work(LARGE, SAMPLE, 3, more);
  }

  private static Need place(StepWork work, Cluster cluster, MachineConf machine, String name) {
    return new Needs(work, cluster, machine)
        .places().stream().filter(need -> need.place().equals(name)).findFirst().orElseThrow();
  }

  private static Cluster gpus(long heap) {
    return new Cluster(2, 4, 4, 1L << 30, heap, 16L << 30);
  }

  @Test
  void aSliceIsSixteenBytesAParameterOfTheHeapAndMoreSlicesMendIt() {
    Need heap = place(large(), gpus(4L << 30), TinyPlan.gpus(80), "executor heap");
    // Two tasks at once, of a half each.
    assertThat(heap.bytes()).isCloseTo(300e6 + 16.0 * PARAMETERS, within(64.0));
    assertThat(heap.fits()).isFalse();
    String remedy = heap.remedy();
    // 2 * 16 * 8.19e9 / (4 * 2^30 - 3e8) = 65.6.
    assertThat(remedy).isEqualTo("set trainer.slices to 66");
    assertThat(
            place(large("trainer.slices=66"), gpus(4L << 30), TinyPlan.gpus(80), "executor heap"))
        .matches(Need::fits);
    assertThat(
            place(large("trainer.slices=65"), gpus(4L << 30), TinyPlan.gpus(80), "executor heap"))
        .matches(need -> !need.fits());
  }

  @Test
  void aSliceThatIsNoJavaArrayDoesNotFitHoweverLargeTheHeapIs() {
    Need heap =
        place(large("trainer.slices=1"), gpus(1L << 50), TinyPlan.gpus(80), "executor heap");
    assertThat(heap.fits()).isFalse();
    assertThat(heap.remedy()).isEqualTo("set trainer.slices to 4");
  }

  @Test
  void ofAGpuNoSettingMendsWeightsAndGradientThatAreTooLarge() {
    Need training = place(large(), gpus(1L << 36), TinyPlan.gpus(60), "GPU, training");
    assertThat(training.bytes()).isGreaterThan(8.0 * PARAMETERS);
    assertThat(training.fits()).isFalse();
    assertThat(training.remedy()).startsWith("no setting mends it: one task needs ");
    assertThat(place(large(), gpus(1L << 36), TinyPlan.gpus(100), "GPU, training"))
        .matches(Need::fits);
  }

  @Test
  void fewerActivationsThenSmallerMicroBatchesMendAGradient() {
    String[] long32k = {
      "model.max_positions=40000",
      "sampler.answer_tokens=2000",
      "trainer.micro_batch_tokens=30000",
      "sampler.samples=64"
    };
    for (double gib : new double[] {78, 72}) {
      Need training = place(large(long32k), gpus(1L << 36), TinyPlan.gpus(gib), "GPU, training");
      assertThat(training.fits()).isFalse();
      Matcher set = Pattern.compile("trainer\\.(\\w+) to (\\d+)").matcher(training.remedy());
      String[] mended = java.util.Arrays.copyOf(long32k, long32k.length + 2);
      for (int i = long32k.length; i < mended.length; i++) {
        mended[i] = set.find() ? "trainer." + set.group(1) + "=" + set.group(2) : "run.seed=1";
      }
      assertThat(place(large(mended), gpus(1L << 36), TinyPlan.gpus(gib), "GPU, training"))
          .as(training.remedy())
          .matches(Need::fits);
    }
  }

  @Test
  void fewerPromptsOfATaskMendACacheThatIsTooLarge() {
    String[] wide = {
      "sampler.prompts_per_step=64",
      "sampler.prompts_per_task=64",
      "sampler.samples=8",
      "model.precision=bfloat16",
      "sampler.answer_tokens=1000"
    };
    Need sampling = place(large(wide), gpus(1L << 36), TinyPlan.gpus(40), "GPU, sampling");
    // 2 bytes of weights, and 2 * 2 * 36 * 8 * 128 = 147456 a position.
    assertThat(sampling.bytes())
        .isCloseTo(2.0 * PARAMETERS + 147_456.0 * 64 * (500 + 8 * 1004), within(1.0));
    // (40 * 2^30 - 1.638e10) / (147456 * 8532) = 21.1.
    assertThat(sampling.remedy()).isEqualTo("set sampler.prompts_per_task to 21");
    wide[1] = "sampler.prompts_per_task=21";
    assertThat(place(large(wide), gpus(1L << 36), TinyPlan.gpus(40), "GPU, sampling"))
        .matches(Need::fits);
  }

  @Test
  void checkpointsAreTwelveBytesAParameterEachAndTheOneBeingWritten() {
    assertThat(
            place(
                    TinyPlan.work(),
                    TinyPlan.cluster(1, 1),
                    TinyPlan.cores(),
                    "run folder, checkpoints")
                .bytes())
        .isEqualTo(4 * 12 * 200);
    // All of 10 steps and the first; a KL term keeps that of step 0 in any case.
    assertThat(
            place(
                    TinyPlan.work("run.keep_checkpoints=0", "run.steps=10"),
                    TinyPlan.cluster(1, 1),
                    TinyPlan.cores(),
                    "run folder, checkpoints")
                .bytes())
        .isEqualTo(11 * 12 * 200);
  }
}
