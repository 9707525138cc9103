package dev.kindling.command;

import dev.kindling.plan.Cluster;
import dev.kindling.plan.Need;
import dev.kindling.plan.Needs;
import dev.kindling.plan.Sample;
import dev.kindling.plan.StageCost;
import dev.kindling.plan.StepPlan;
import dev.kindling.plan.StepWork;
import dev.kindling.report.TextTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A plan as a person reads it: parts of a step, places, and sentences on what does not fit.
 *
 * @param plan seconds and bytes of the parts
 * @param needs bytes by place
 */
record PlanText(StepPlan plan, Needs needs) {
  private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB", "PB");
  private static final double KILO = 1000;

  /**
   * All of it.
   *
   * @param constants where the machine's constants are from
   */
  String all(String constants) {
    List<String> lines = new ArrayList<>();
    lines.add(about(constants));
    lines.add("");
    lines.add(parts());
    lines.add(places());
    lines.addAll(sentences());
    return String.join("\n", lines);
  }

  private String about(String constants) {
    StepWork work = plan.work();
    Sample sample = work.sample();
    Cluster cluster = plan.cluster();
    return String.format(
        Locale.ROOT,
        "%.4g million parameters; prompts of %.0f tokens (%d at most in %d records), completions of"
            + " %.0f; executors: %d, tasks at once: %d; constants of %s",
        work.parameters() / 1e6,
        sample.promptTokens(),
        sample.longestPrompt(),
        sample.records(),
        work.completion(),
        cluster.executors(),
        cluster.slots(),
        constants);
  }

  private String parts() {
    List<List<String>> rows = new ArrayList<>();
    for (StageCost part : plan.parts()) {
      rows.add(row(part, part.seconds() / plan.seconds()));
    }
    StageCost all = new StageCost("together", plan.seconds(), 0, 0, 0);
    for (StageCost part : plan.parts()) {
      all = all.plusBytes(part);
    }
    rows.add(row(all, 1));
    return TextTable.of(
        List.of("part of a step", "seconds", "share", "read", "written", "shuffled"), rows);
  }

  private static List<String> row(StageCost part, double share) {
    return List.of(
        part.name(),
        String.format(Locale.ROOT, part.seconds() < 100 ? "%.2f" : "%.0f", part.seconds()),
        String.format(Locale.ROOT, "%.0f %%", 100 * share),
        size(part.read()),
        size(part.written()),
        size(part.shuffled()));
  }

  private String places() {
    return TextTable.of(
        List.of("place", "needs", "has", ""),
        needs.places().stream()
            .map(
                need ->
                    List.of(
                        need.place(),
                        size(need.bytes()),
                        Double.isInfinite(need.limit()) ? "–" : size(need.limit()),
                        need.fits() ? "" : "does not fit"))
            .toList());
  }

  private List<String> sentences() {
    List<String> lines = new ArrayList<>();
    for (Need need : needs.places()) {
      if (!need.fits()) {
        lines.add(
            "Does not fit: %s needs %s of %s; %s."
                .formatted(need.place(), size(need.bytes()), size(need.limit()), need.remedy()));
      }
    }
    if (lines.isEmpty()) {
      lines.add("Everything fits.");
    }
    lines.addAll(plan.idle());
    plan.parts().stream()
        .max(Comparator.comparingDouble(StageCost::seconds))
        .map(part -> "Most of a step's time goes to: " + part.name() + ".")
        .ifPresent(lines::add);
    lines.add(
        "Not counted: the start of a run, evaluations, refill, verifiers that compute algebra, and"
            + " a session's first steps, which are slower.");
    return lines;
  }

  private static String size(double bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= KILO && unit < UNITS.size() - 1) {
      value /= KILO;
      unit++;
    }
    return bytes == 0
        ? "–"
        : String.format(
            Locale.ROOT, value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value, UNITS.get(unit));
  }
}
