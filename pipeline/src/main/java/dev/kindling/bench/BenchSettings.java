package dev.kindling.bench;

import dev.kindling.conf.Configuration;
import dev.kindling.engine.sample.SamplerSettings;
import dev.kindling.engine.text.ByteTokenizer;
import dev.kindling.engine.text.TokenizerConfig;
import dev.kindling.run.RunModel;
import dev.kindling.run.RunSettings;
import dev.kindling.stage.TokenizerRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The settings of a run whose stages have a workload to do.
 *
 * @param overrides settings over those of {@code conf/bench.yaml} and of the workload
 */
public record BenchSettings(List<String> overrides) {
  private static final String SETTINGS = "conf/bench.yaml";

  /**
   * The settings of a run that has the whole workload in each step.
   *
   * @param shards gradient shards
   */
  RunSettings ofStep(Workload work, int shards) {
    return of(work, work.prompts(), shards);
  }

  /**
   * The settings of a run whose stages divide into so many tasks of this workload. No answer ends
   * before its budget is spent.
   *
   * @param shards gradient shards
   */
  RunSettings of(Workload work, int shards) {
    return of(work, work.prompts() * shards, shards);
  }

  private RunSettings of(Workload work, int prompts, int shards) {
    List<String> sets = new ArrayList<>();
    sets.add("model.precision=" + work.precisionName());
    sets.add("sampler.prompts_per_step=" + prompts);
    sets.add("sampler.samples=" + work.samples());
    // A group of one has no baseline.
    sets.add("objective.name=" + (work.samples() == 1 ? "reinforce" : "rloo"));
    sets.add("sampler.answer_tokens=" + work.answerTokens());
    sets.add("trainer.shards=" + shards);
    sets.add("trainer.slices=" + work.model().slices());
    sets.addAll(overrides);
    RunModel model =
        new RunModel(
            work.model().config(),
            new TokenizerRef(ByteTokenizer.ofAllBytes(), "bytes"),
            TokenizerConfig.read(Map.of(), "bench"),
            SamplerSettings.NO_TOKEN,
            new int[0]);
    return new RunSettings(
        Configuration.load(List.of(Configuration.resource(SETTINGS)), sets), model);
  }
}
