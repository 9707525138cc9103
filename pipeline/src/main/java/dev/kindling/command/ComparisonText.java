package dev.kindling.command;

import dev.kindling.io.AtomicFile;
import dev.kindling.io.JsonText;
import dev.kindling.io.RunFolder;
import dev.kindling.report.EvaluationTable;
import dev.kindling.report.TextTable;
import dev.kindling.stage.Compare;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * How two policies differ, for the terminal.
 *
 * @param policy what the one is called
 * @param against what the other is called
 */
record ComparisonText(String policy, String against) {
  private static final int EXAMPLES_NAMED = 10;

  /** What {@code comparison.json} is made of. */
  private record Compared(String policy, String against, Map<String, OfSet> sets) {}

  private record OfSet(
      List<Compare.Difference> differences,
      int rightUnderPolicyAlone,
      int rightUnderAgainstAlone,
      double pValue) {}

  /** The differences of all sets. */
  String table(Map<String, Compare.Comparison> comparisons) {
    List<List<String>> rows = new ArrayList<>();
    comparisons.forEach(
        (set, comparison) ->
            comparison.differences().forEach(difference -> rows.add(cells(set, difference))));
    return TextTable.of(
        List.of(
            "Set", "Level", "Figure", policy, against, "Difference", "95 % interval", "Examples"),
        rows);
  }

  private static List<String> cells(String set, Compare.Difference of) {
    String figure = of.metric();
    return List.of(
        set,
        EvaluationTable.level(of.level()),
        figure,
        EvaluationTable.value(figure, of.value()),
        EvaluationTable.value(figure, of.against()),
        EvaluationTable.value(figure, of.difference()),
        EvaluationTable.interval(figure, of.low(), of.high()),
        Long.toString(of.examples()));
  }

  /** Where {@link #write} puts an evaluation's. */
  static Path file(Path tables) {
    return new Path(tables, "comparison.json");
  }

  /** Writes {@code comparison.json} beside an evaluation's tables, for programs. */
  void write(RunFolder run, Path tables, Map<String, Compare.Comparison> comparisons)
      throws IOException {
    Map<String, OfSet> sets = new LinkedHashMap<>();
    comparisons.forEach(
        (set, comparison) ->
            sets.put(
                set,
                new OfSet(
                    comparison.differences(),
                    comparison.flips().gained().size(),
                    comparison.flips().lost().size(),
                    comparison.flips().pValue())));
    byte[] content =
        JsonText.of(new Compared(policy, against, sets)).getBytes(StandardCharsets.UTF_8);
    AtomicFile.replace(run.fileSystem(), file(tables), out -> out.write(content));
  }

  /** Which examples of a set are right under one policy alone by a figure. */
  String flips(String set, String figure, Map<String, Compare.Comparison> comparisons) {
    Compare.Flips flips = comparisons.get(set).flips();
    return String.format(
        Locale.ROOT,
        "%s by %s: %d right under %s alone%s; %d right under %s alone%s; McNemar's exact p = %.3g",
        set,
        figure,
        flips.gained().size(),
        policy,
        named(flips.gained()),
        flips.lost().size(),
        against,
        named(flips.lost()),
        flips.pValue());
  }

  private static String named(List<String> ids) {
    if (ids.isEmpty()) {
      return "";
    }
    String more =
        ids.size() > EXAMPLES_NAMED ? " and %d more".formatted(ids.size() - EXAMPLES_NAMED) : "";
    return ids.stream().limit(EXAMPLES_NAMED).collect(Collectors.joining(", ", " (", more + ")"));
  }
}
