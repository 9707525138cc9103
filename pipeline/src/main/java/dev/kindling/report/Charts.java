package dev.kindling.report;

import dev.kindling.report.Chart.Kind;
import dev.kindling.report.Chart.Line;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.MetricsRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a report plots, and in which order. Charts and lines without any value are left out. */
final class Charts {
  /** The columns of 8-metrics that are the wall time of a stage, and the stages' names. */
  static final Map<String, String> STAGES = stages();

  private final List<Arm> arms;

  private Charts(List<Arm> arms) {
    this.arms = arms;
  }

  private static Map<String, String> stages() {
    Map<String, String> stages = new LinkedHashMap<>();
    for (String stage : List.of("rollout", "score", "refill", "weigh", "batch", "step")) {
      stages.put("seconds_" + stage, stage);
    }
    return Collections.unmodifiableMap(stages);
  }

  /**
   * A group of charts under one heading.
   *
   * @param title the heading
   * @param charts at least one
   */
  record Section(String title, List<Chart> charts) {}

  /** The charts that a reader should see first: what came out, and the estimate that is trained. */
  static List<Chart> main(List<Arm> arms) {
    Charts charts = new Charts(arms);
    return withValues(List.of(charts.outcome(), charts.perArm(metric("log_p_hat"), true)));
  }

  /** A chart of each figure of each evaluation set over all its examples. */
  static List<Chart> evaluations(List<Arm> arms) {
    Set<List<String>> figures = new LinkedHashSet<>();
    for (Arm arm : arms) {
      for (EvaluationRow row : arm.evaluations()) {
        figures.add(List.of(row.set(), row.name()));
      }
    }
    return withValues(
        figures.stream()
            .map(figure -> new Charts(arms).evaluation(figure.get(0), figure.get(1)))
            .toList());
  }

  /** A chart of every column of 8-metrics, by sections, and the stages' times as stacks. */
  static List<Section> metrics(List<Arm> arms) {
    Charts charts = new Charts(arms);
    List<Section> sections = new ArrayList<>();
    for (String title : Metric.SECTIONS) {
      List<Chart> of = new ArrayList<>();
      if (title.equals(metric("seconds_step").section())) {
        for (int i = 0; i < arms.size(); i++) {
          of.add(charts.stages(i));
        }
      }
      for (Metric metric : Metric.all()) {
        if (metric.section().equals(title)) {
          of.add(charts.perArm(metric, false));
        }
      }
      List<Chart> drawn = withValues(of);
      if (!drawn.isEmpty()) {
        sections.add(new Section(title, drawn));
      }
    }
    return sections;
  }

  /** Figures that none of the arms has a value of. */
  static List<Metric> without(List<Arm> arms) {
    return Metric.all().stream()
        .filter(metric -> arms.stream().noneMatch(arm -> Series.of(arm, metric::of).present()))
        .toList();
  }

  /** Wall time of the stages of one step, those left out that a process of their own ran. */
  static double seconds(MetricsRow row) {
    return STAGES.keySet().stream()
        .map(column -> metric(column).of(row))
        .filter(Objects::nonNull)
        .mapToDouble(Double::doubleValue)
        .sum();
  }

  private static Metric metric(String column) {
    return Metric.all().stream().filter(m -> m.column().equals(column)).findFirst().orElseThrow();
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
        (evaluated
                ? "Mean over the examples of the evaluation set, with its 95 % interval; step 0 is"
                    + " the policy that the run began with"
                : "No arm was evaluated")
            + (dashed ? "; dashed: mean reward in training." : "."),
        Unit.SHARE,
        true,
        drawn);
  }

  private Chart evaluation(String set, String figure) {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < arms.size(); i++) {
      Series series = Series.of(arms.get(i), set, figure);
      lines.add(new Line(arms.get(i).name(), i, i, Kind.EVALUATIONS, series));
    }
    return new Chart(
        set + ": " + figure,
        EvaluationTable.meaning(figure),
        EvaluationTable.unit(figure),
        false,
        lines);
  }

  private Chart stages(int arm) {
    List<Line> layers = new ArrayList<>();
    STAGES.forEach(
        (column, stage) ->
            layers.add(
                new Line(
                    stage,
                    arm,
                    layers.size(),
                    Kind.LAYER,
                    Series.of(arms.get(arm), metric(column)::of))));
    return new Chart(
        "Time per step: " + arms.get(arm).name(),
        "Wall time of the stages, stacked.",
        Unit.SECONDS,
        false,
        layers);
  }

  private Chart perArm(Metric metric, boolean large) {
    // Of evaluations there are values at some steps only.
    Kind kind = metric.column().startsWith("eval_") ? Kind.EVALUATIONS : Kind.EVERY_STEP;
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < arms.size(); i++) {
      lines.add(new Line(arms.get(i).name(), i, i, kind, Series.of(arms.get(i), metric::of)));
    }
    return new Chart(metric.title(), metric.meaning(), metric.unit(), large, lines);
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
        .map(Overlap::told)
        .toList();
  }
}
