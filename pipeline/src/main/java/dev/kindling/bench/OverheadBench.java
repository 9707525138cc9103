package dev.kindling.bench;

import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.report.TextTable;
import dev.kindling.run.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a step costs beside its arithmetic: all of its wall time in which no core samples, verifies
 * or computes a gradient.
 */
public final class OverheadBench {
  /** Gradient updates of the step that shows what one more of them costs. */
  static final int UPDATES = 20;

  // As in the quick start: by likelihood every rollout has a gradient, whatever it says.
  private static final List<String> SETTINGS =
      List.of(
          "objective.name=garl",
          "objective.success=likelihood",
          "objective.q=0.75",
          "trainer.micro_batch_tokens=2048");

  // The quick start's policy, and one of hardly any arithmetic for the step of many tokens.
  private static final BenchModel QUICK = new BenchModel("0.6 M", shape(32, 128, 3, 32, 384, 128));
  private static final BenchModel TINY = new BenchModel("3 k", shape(300, 8, 1, 4, 16, 1100));

  private final StageBench bench;
  private final Progress progress;

  /**
   * Measures in a bench.
   *
   * @param progress shown while steps run
   */
  public OverheadBench(StageBench bench, Progress progress) {
    this.bench = bench;
    this.progress = progress;
  }

  private static ModelConfig shape(
      int vocab, int hidden, int layers, int headDim, int intermediate, int positions) {
    int heads = hidden / headDim;
    return new ModelConfig(
        vocab,
        hidden,
        layers,
        heads,
        heads / 2,
        headDim,
        intermediate,
        positions,
        1e4,
        RopeScaling.NONE,
        1e-6,
        true,
        false,
        true);
  }

  private static Workload work(
      BenchModel model, int prompts, int samples, int promptTokens, int answerTokens) {
    return new Workload(model, Precision.FLOAT32, prompts, samples, promptTokens, answerTokens);
  }

  /** The table: small steps, cold and warm, an update within a step of many, and a large step. */
  public String table() throws IOException {
    Workload small = work(QUICK, 16, 16, 10, 40);
    List<StepCost> steps = bench.costs(small, SETTINGS, progress);
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("the session's first step", small, steps.subList(0, 1)));
    rows.add(row("a later step", small, bench.warm(steps)));
    List<String> several = new ArrayList<>(SETTINGS);
    several.add("trainer.updates_per_step=" + UPDATES);
    Workload updates = work(QUICK, 64 * UPDATES, 1, 10, 10);
    List<StepCost> many = bench.costs(updates, several, progress);
    rows.add(
        row(
            "a gradient update of " + UPDATES,
            work(QUICK, 64, 1, 10, 10),
            bench.warm(many).stream().map(step -> step.update(UPDATES)).toList()));
    Workload large = work(TINY, 512, 16, 64, 1000);
    rows.add(row("a step of long answers", large, List.of(bench.cost(large, SETTINGS, progress))));
    return TextTable.of(
            List.of(
                "beside arithmetic",
                "policy",
                "shape",
                "s",
                "arithmetic s",
                "beside s",
                "±",
                "share"),
            rows)
        + String.format(
            Locale.ROOT,
            "The first step took %.1f times as long as a later one.%n",
            steps.get(0).wall() / wall(bench.warm(steps)).median());
  }

  private static Spread wall(List<StepCost> steps) {
    return Spread.of(steps.stream().map(StepCost::wall).toList());
  }

  private static List<String> row(String name, Workload work, List<StepCost> costs) {
    Spread beside = Spread.of(costs.stream().map(StepCost::beside).toList());
    Spread wall = wall(costs);
    Spread arithmetic = Spread.of(costs.stream().map(StepCost::arithmetic).toList());
    return List.of(
        name,
        work.model().name(),
        work.shape(),
        decimals(wall.median()),
        decimals(arithmetic.median()),
        decimals(beside.median()),
        percent(beside.noise()),
        percent(beside.median() / wall.median()));
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
