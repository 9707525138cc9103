package dev.kindling.plan;

import dev.kindling.conf.Configuration;
import dev.kindling.conf.MachineConf;
import dev.kindling.conf.YamlText;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.RopeScaling;
import java.util.ArrayList;
import java.util.List;

/**
 * A step of four prompts of five tokens, two answers of three tokens each, and a policy of one
 * layer and 200 parameters: 40 of the embedding, 144 of the layer's matrices, 16 of its norms and
 * the last. Its machine does one operation, and moves one byte, in a second.
 */
final class TinyPlan {
  static final ModelConfig MODEL =
      new ModelConfig(10, 4, 1, 2, 1, 2, 8, 64, 1e4, RopeScaling.NONE, 1e-6, true, false, true);
  static final Sample SAMPLE = new Sample(4, 5, 6, 2);

  private static final String MACHINE =
      """
      processor:
        kind: %s
        float32_gflops: 1.0e-9
        bfloat16_gflops: 1.0e-9
        bfloat16_bytes: 2
        memory_gbytes: 1.0e+9
        memory_gib: %s
        prefill_share: 1.0
        decode_share: 1.0
        train_share: 1.0
        layer_micros: 0.0
      host:
        draw_millions: 1.0e+9
        load_mbytes: 1.0e-6
        storage_mbytes: 1.0e+9
        network_mbytes: 1.0e-6
        sum_mbytes: 1.0e-6
        update_mbytes: 1.0e-6
      stages:
        rollout_seconds: 0.0
        score_seconds: 0.0
        weigh_seconds: 0.0
        batch_seconds: 0.0
        step_seconds: 0.0
        rest_seconds: 0.0
        row_micros: 0.0
      """;

  private TinyPlan() {}

  static MachineConf cores() {
    return MachineConf.read(new YamlText("here", MACHINE.formatted("cpu", "0.0")));
  }

  static MachineConf gpus(double gib) {
    return MachineConf.read(new YamlText("here", MACHINE.formatted("gpu", gib)));
  }

  static StepWork work(ModelConfig model, Sample sample, double completion, String... more) {
    List<String> sets =
        new ArrayList<>(
            List.of(
                "sampler.prompts_per_step=4",
                "sampler.samples=2",
                "sampler.prompts_per_task=2",
                "sampler.thinking_tokens=0",
                "sampler.answer_tokens=3",
                "trainer.shards=2",
                "trainer.slices=2"));
    sets.addAll(List.of(more));
    return new StepWork(model, Configuration.load(List.of(), sets), sample, completion);
  }

  static StepWork work(String... more) {
    return work(MODEL, SAMPLE, 3, more);
  }

  static Cluster cluster(int executors, int cores) {
    return new Cluster(executors, cores, 0, 1L << 30, 1L << 30, 4L << 30);
  }

  static StageCost part(StepPlan plan, String name) {
    return plan.parts().stream().filter(part -> part.name().equals(name)).findFirst().orElseThrow();
  }
}
