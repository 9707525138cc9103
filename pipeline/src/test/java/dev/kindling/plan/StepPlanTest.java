package dev.kindling.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Seconds and bytes of a step, worked out by hand for the policy of {@link TinyPlan}. */
class StepPlanTest {
  private static StepPlan plan(int executors, String... more) {
    return new StepPlan(TinyPlan.work(more), TinyPlan.cluster(executors, 1), TinyPlan.cores());
  }

  @Test
  void aRolloutIsPromptsThenAPassForEachTokenAndOneForTheGoldAnswer() {
    // Two prompts: 8 tokens through 144 weights and attention of width 4 to 8 * 5 / 2 positions.
    double prompts = 2 * 144 * 8 + 4 * 4 * 20;
    // Four rows, four passes: weights, 10 * 4 of the head, attention to 5, 6, 7 and 8 positions.
    double tokens = 4 * (2 * 144 * 4 + 2 * 40 * 4) + 4 * 4 * 4 * (5 + 6 + 7 + 8);
    // Two executors take a task each, one takes them one after the other.
    assertThat(TinyPlan.part(plan(2), "rollout").seconds())
        .isCloseTo(prompts + tokens, within(1e-3));
    assertThat(TinyPlan.part(plan(1), "rollout").seconds())
        .isCloseTo(2 * (prompts + tokens), within(1e-3));
  }

  @Test
  void aGradientIsThreePassesOverAShardAndAFourthOverLayersThatAreNotKept() {
    // Two groups of two rows a shard: 10 tokens of prompts, 12 of answers, which look at
    // 10 * 2.5 + 12 * 6.5 = 103 positions.
    double forward = 2 * 144 * 22 + 4 * 4 * 103 + 2 * 40 * 12;
    assertThat(TinyPlan.part(plan(2), "gradient").seconds()).isCloseTo(3 * forward, within(1e-3));
    assertThat(TinyPlan.part(plan(2, "trainer.kept_activations_mib=0"), "gradient").seconds())
        .isCloseTo(4 * forward, within(1e-3));
    // A KL term scores every sequence with another policy.
    assertThat(TinyPlan.part(plan(2, "objective.kl=0.1"), "gradient").seconds())
        .isCloseTo(4 * forward, within(1e-3));
  }

  @Test
  void weightsGradientsAndCheckpointsMoveSoManyBytes() {
    StageCost fetch = TinyPlan.part(plan(2), "fetch policy");
    // 200 parameters of 4 bytes into two executors; each then reads its own copy once more.
    assertThat(fetch.read()).isEqualTo(1600);
    assertThat(fetch.seconds()).isCloseTo(1600, within(1e-3));
    StageCost sum = TinyPlan.part(plan(2), "sum");
    // Two gradients of 800 bytes: a task gives 800, and one takes 400 of each.
    assertThat(sum.shuffled()).isEqualTo(1600);
    assertThat(sum.seconds()).isCloseTo(1600, within(1e-3));
    // Of what an executor sums, 800 bytes, half is its own.
    assertThat(TinyPlan.part(plan(2), "network").seconds()).isCloseTo(400, within(1e-3));
    assertThat(TinyPlan.part(plan(1), "network").seconds()).isZero();
    StageCost update = TinyPlan.part(plan(2), "update");
    assertThat(update.read()).isEqualTo(2400);
    assertThat(update.written()).isEqualTo(2400);
    assertThat(update.seconds()).isCloseTo(1200, within(1e-3));
  }

  @Test
  void updatesOfAStepEachHaveTheirShareOfTheRowsAndMoveAllWeights() {
    StepPlan two = plan(2, "trainer.updates_per_step=2");
    StepPlan one = plan(2);
    assertThat(TinyPlan.part(two, "gradient").seconds())
        .isCloseTo(TinyPlan.part(one, "gradient").seconds(), within(1e-3));
    assertThat(TinyPlan.part(two, "update").written()).isEqualTo(4800);
    assertThat(TinyPlan.part(two, "sum").shuffled()).isEqualTo(3200);
    assertThat(TinyPlan.part(two, "fetch policy").read()).isEqualTo(3200);
  }

  @Test
  void settingsThatLeaveTasksWithoutWorkAreNamed() {
    StepPlan plan = plan(8, "sampler.prompts_per_task=4");
    assertThat(plan.idle())
        .containsExactly(
            "Idle: 1 of 8 tasks at once sample; sampler.prompts_per_task: 1 would keep all busy.",
            "Idle: 2 of 8 tasks at once compute gradients; trainer.shards: 8 would keep all busy.",
            "Idle: 2 of 8 tasks at once update; trainer.slices: 8 would keep all busy.");
    assertThat(plan(2).idle()).isEmpty();
  }

  @Property(tries = 40)
  void moreExecutorsNeverCostMoreSecondsWhereTasksShareTheWork(
      @ForAll @IntRange(min = 1, max = 64) int executors,
      @ForAll @IntRange(min = 0, max = 64) int more,
      @ForAll @IntRange(min = 1, max = 8) int promptsPerTask,
      @ForAll @IntRange(min = 1, max = 64) int shards,
      @ForAll @IntRange(min = 1, max = 64) int slices) {
    String[] sets = {
      "sampler.prompts_per_step=48",
      "sampler.prompts_per_task=" + promptsPerTask,
      "trainer.shards=" + shards,
      "trainer.slices=" + slices
    };
    StepPlan larger = plan(executors + more, sets);
    StepPlan smaller = plan(executors, sets);
    for (String part : new String[] {"rollout", "gradient", "sum", "update"}) {
      assertThat(TinyPlan.part(larger, part).seconds())
          .as(part)
          .isLessThanOrEqualTo(TinyPlan.part(smaller, part).seconds());
    }
  }
}
