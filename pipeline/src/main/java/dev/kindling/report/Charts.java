package dev.kindling.report;

import dev.kindling.report.Chart.Kind;
import dev.kindling.report.Chart.Line;
import dev.kindling.row.MetricsRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** What a report plots, and in which order. Charts and lines without any value are left out. */
final class Charts {
  private static final Map<String, Function<MetricsRow, Double>> STAGES = new LinkedHashMap<>();

  static {
    STAGES.put("rollout", MetricsRow::secondsRollout);
    STAGES.put("score", MetricsRow::secondsScore);
    STAGES.put("refill", MetricsRow::secondsRefill);
    STAGES.put("weigh", MetricsRow::secondsWeigh);
    STAGES.put("batch", MetricsRow::secondsBatch);
    STAGES.put("step", MetricsRow::secondsStep);
  }

  private final List<Arm> arms;

  private Charts(List<Arm> arms) {
    this.arms = arms;
  }

  /**
   * A group of charts under one heading.
   *
   * @param title the heading
   * @param charts at least one
   */
  record Section(String title, List<Chart> charts) {}

  /** The sections that have at least one chart. */
  static List<Section> of(List<Arm> arms) {
    Charts charts = new Charts(arms);
    List<Section> sections =
        List.of(
            new Section("Learning", charts.learning()),
            new Section("Gradient steps", charts.gradientSteps()),
            new Section("Samples and weights", charts.samples()),
            new Section("Sampler against trainer", charts.mismatch()),
            new Section("Cost", charts.cost()));
    return sections.stream()
        .map(section -> new Section(section.title(), withValues(section.charts())))
        .filter(section -> !section.charts().isEmpty())
        .toList();
  }

  /** Wall time of the stages of one step, those left out that a process of their own ran. */
  static double seconds(MetricsRow row) {
    return STAGES.values().stream()
        .map(stage -> stage.apply(row))
        .filter(Objects::nonNull)
        .mapToDouble(Double::doubleValue)
        .sum();
  }

  private List<Chart> learning() {
    List<Chart> charts = new ArrayList<>();
    charts.add(outcome());
    charts.add(
        perArm(
            "log P̂",
            "Mean log success estimate of the sampled prompts, in nats; higher is better.",
            Unit.NUMBER,
            true,
            Kind.EVERY_STEP,
            MetricsRow::logPHat));
    // Without any evaluation the first chart shows the training reward already.
    if (arms.stream().anyMatch(Series::evaluated)) {
      charts.add(
          perArm(
              "log P̂, evaluation",
              "The same estimate on the evaluation set, in nats.",
              Unit.NUMBER,
              false,
              Kind.EVALUATIONS,
              MetricsRow::evalLogPHat));
      charts.add(
          share(
              "Training reward",
              "Mean reward of the sampled rollouts that are evidence.",
              MetricsRow::reward));
    }
    return charts;
  }

  private Chart outcome() {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < arms.size(); i++) {
      Arm arm = arms.get(i);
      boolean evaluated = Series.evaluated(arm);
      lines.add(
          new Line(
              evaluated ? arm.name() : arm.name() + " (training reward)",
              i,
              i,
              evaluated ? Kind.EVALUATIONS : Kind.STAND_IN,
              Series.outcome(arm)));
    }
    List<Line> drawn = lines.stream().filter(line -> line.series().present()).toList();
    boolean evaluated = drawn.stream().anyMatch(line -> line.kind() == Kind.EVALUATIONS);
    boolean dashed = drawn.stream().anyMatch(line -> line.kind() == Kind.STAND_IN);
    return new Chart(
        evaluated ? "pass@1" : "Training reward",
        (evaluated ? "Mean over the evaluation set" : "No arm was evaluated")
            + (dashed ? "; dashed: mean reward in training." : "."),
        Unit.SHARE,
        true,
        drawn);
  }

  private List<Chart> gradientSteps() {
    return List.of(
        number("Loss", "The aggregated loss before the update.", MetricsRow::loss),
        number("Gradient norm", "Global L2 norm of the gradient, unclipped.", MetricsRow::gradNorm),
        number("Learning rate", "Learning rate of the step.", MetricsRow::learningRate),
        share(
            "Clip fraction",
            "Share of trained tokens whose probability ratio was clipped.",
            MetricsRow::clipFraction),
        number(
            "Entropy",
            "Mean entropy of the policy over trained tokens, in nats.",
            MetricsRow::entropy),
        number("KL to the reference", "Mean k3 estimate, in nats.", MetricsRow::kl));
  }

  private List<Chart> samples() {
    List<Chart> charts = new ArrayList<>();
    charts.add(number("Exponent q", "q of the J_Q family, mean over prompts.", MetricsRow::q));
    for (int i = 0; i < arms.size(); i++) {
      if (arms.get(i).metrics().stream().anyMatch(row -> !Objects.equals(row.qP10(), row.qP90()))) {
        charts.add(quantiles(i));
      }
    }
    charts.addAll(weights());
    return charts;
  }

  /** How q differs between the prompts of an arm. */
  private Chart quantiles(int arm) {
    Arm of = arms.get(arm);
    return new Chart(
        "Exponent q of prompts: " + of.name(),
        "10 % quantile, median and 90 % quantile over the prompts of a step.",
        Unit.NUMBER,
        false,
        List.of(
            new Line("10 %", arm, 0, Kind.MEASURE, Series.of(of, MetricsRow::qP10)),
            new Line("median", arm, 1, Kind.MEASURE, Series.of(of, MetricsRow::qP50)),
            new Line("90 %", arm, 2, Kind.MEASURE, Series.of(of, MetricsRow::qP90))));
  }

  private List<Chart> weights() {
    return List.of(
        number(
            "Effective sample size",
            "(Σw)²/Σw² of a group, mean over prompts.",
            MetricsRow::effectiveSampleSize),
        number(
            "Carried sample size",
            "The same of the estimates carried across steps.",
            MetricsRow::carriedSampleSize),
        number(
            "Rounds of sampling",
            "Rounds in which a step looked for groups whose rewards differ.",
            row -> isRefilled(row) ? (double) row.rounds() : null),
        number(
            "Dropped prompts",
            "Prompts without contrast, or more than the batch took.",
            row -> isRefilled(row) ? (double) row.promptsDropped() : null),
        number(
            "Largest coefficient",
            "Largest coefficient of a rationale in the step.",
            MetricsRow::maxCoef),
        share(
            "Groups without contrast",
            "Share of prompts whose rewards are all equal.",
            MetricsRow::fracRewardZeroStd),
        number(
            "Completion length",
            "Mean tokens of rationale and answer.",
            MetricsRow::completionLength),
        share(
            "Forced end of thinking",
            "Share of rollouts whose thinking budget ran out.",
            MetricsRow::forcedEndOfThinking),
        share(
            "Cut-off answers",
            "Share of rollouts that ended by budget or length.",
            MetricsRow::clippedRatio),
        share(
            "Unparseable answers",
            "Share of rollouts without an answer that could be read.",
            MetricsRow::unparseable),
        share(
            "Verifier faults",
            "Share of rollouts whose verifier timed out or failed.",
            MetricsRow::verifierFaults));
  }

  /** Whether prompts were replaced; without dynamic sampling every step has one round. */
  private static boolean isRefilled(MetricsRow row) {
    return row.rounds() > 1 || row.promptsDropped() > 0;
  }

  private List<Chart> mismatch() {
    return List.of(
        number(
            "Mismatch, mean k3",
            "Mean of e^d − d − 1, d the trainer's minus the sampler's log-prob.",
            MetricsRow::mismatchK3),
        number(
            "Mismatch, largest",
            "Largest difference of a token's two log-probs, in nats.",
            MetricsRow::mismatchMax));
  }

  private List<Chart> cost() {
    List<Chart> charts = new ArrayList<>();
    charts.add(
        number(
            "Rows saved",
            "Sequences not trained on because every coefficient was 0.",
            row -> (double) row.rowsSaved()));
    charts.add(
        number(
            "Trained tokens",
            "Tokens of rationales and answers in the gradient.",
            row -> (double) row.tokens()));
    for (int i = 0; i < arms.size(); i++) {
      charts.add(stages(i));
    }
    return charts;
  }

  private Chart stages(int arm) {
    List<Line> layers = new ArrayList<>();
    STAGES.forEach(
        (stage, seconds) ->
            layers.add(
                new Line(
                    stage, arm, layers.size(), Kind.LAYER, Series.of(arms.get(arm), seconds))));
    return new Chart(
        "Time per step: " + arms.get(arm).name(),
        "Wall time of the stages, stacked.",
        Unit.SECONDS,
        false,
        layers);
  }

  private Chart share(String title, String meaning, Function<MetricsRow, Double> measure) {
    return perArm(title, meaning, Unit.SHARE, false, Kind.EVERY_STEP, measure);
  }

  private Chart number(String title, String meaning, Function<MetricsRow, Double> measure) {
    return perArm(title, meaning, Unit.NUMBER, false, Kind.EVERY_STEP, measure);
  }

  private Chart perArm(
      String title,
      String meaning,
      Unit unit,
      boolean large,
      Kind kind,
      Function<MetricsRow, Double> measure) {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < arms.size(); i++) {
      lines.add(new Line(arms.get(i).name(), i, i, kind, Series.of(arms.get(i), measure)));
    }
    return new Chart(title, meaning, unit, large, lines);
  }

  private static List<Chart> withValues(List<Chart> charts) {
    return charts.stream()
        .map(
            chart ->
                new Chart(
                    chart.title(),
                    chart.meaning(),
                    chart.unit(),
                    chart.large(),
                    chart.lines().stream().filter(line -> line.series().present()).toList()))
        .filter(chart -> !chart.lines().isEmpty())
        .map(Overlap::marked)
        .toList();
  }
}
