package dev.kindling.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a profile says of a data set, for the terminal: how often it is solved, and what a run on it
 * would see.
 *
 * @param groups how many examples have so many right of so much evidence; without evidence none
 * @param examples all of them
 * @param brokenGold those of which at least 60 % of the evidence is one wrong answer
 */
public record ProfileText(List<Group> groups, long examples, long brokenGold) {
  /** Of a row, whether its gold answer may be wrong. */
  static final String IN_DOUBT =
      "pass_rate IS NOT NULL AND common_wrong_count >= 0.6 * (correct + wrong + unparseable)";

  private static final int SMALLEST = 2;

  /**
   * Examples of one count.
   *
   * @param correct right rollouts
   * @param evidence rollouts that were judged
   * @param examples number of them
   */
  public record Group(int correct, int evidence, long examples) {}

  /**
   * Counts a profile.
   *
   * @param profile rows of the table
   */
  public static ProfileText of(Dataset<Row> profile) {
    List<Group> groups =
        profile
            .where("pass_rate IS NOT NULL")
            .selectExpr("correct", "correct + wrong + unparseable AS evidence")
            .groupBy("correct", "evidence")
            .count()
            .orderBy("evidence", "correct")
            .collectAsList()
            .stream()
            .map(row -> new Group(row.getInt(0), row.getInt(1), row.getLong(2)))
            .toList();
    long brokenGold = profile.where(IN_DOUBT).count();
    return new ProfileText(groups, profile.count(), brokenGold);
  }

  private long evident() {
    return groups.stream().mapToLong(Group::examples).sum();
  }

  /** Mean of the pass rates. */
  public double passRate() {
    return groups.stream()
            .mapToDouble(group -> (double) group.examples() * group.correct() / group.evidence())
            .sum()
        / evident();
  }

  /** Examples that no rollout solves. */
  public long hard() {
    return groups.stream().filter(group -> group.correct() == 0).mapToLong(Group::examples).sum();
  }

  /** Examples that every rollout solves. */
  public long easy() {
    return groups.stream()
        .filter(group -> group.correct() == group.evidence())
        .mapToLong(Group::examples)
        .sum();
  }

  /**
   * Share of groups of a size whose rewards would be all equal, so that GRPO learns nothing of
   * them: of an example the share of such subsets among all of its rollouts, which is unbiased.
   * Examples of less evidence than that are left out; NaN where all are.
   *
   * @param size rollouts of a group, at least 2
   */
  public double withoutGradient(int size) {
    double sum = 0;
    long count = 0;
    for (Group group : groups) {
      if (group.evidence() >= size) {
        double equal =
            subsets(group.correct(), group.evidence(), size)
                + subsets(group.evidence() - group.correct(), group.evidence(), size);
        sum += equal * group.examples();
        count += group.examples();
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  /** C(some, size) / C(all, size). */
  private static double subsets(int some, int all, int size) {
    double share = 1;
    for (int i = 0; i < size; i++) {
      share *= (double) Math.max(some - i, 0) / (all - i);
    }
    return share;
  }

  /** The sizes of groups that something can be said of, by powers of two. */
  List<Integer> groupSizes() {
    int most = groups.stream().mapToInt(Group::evidence).max().orElse(0);
    return IntStream.iterate(SMALLEST, size -> size <= most, size -> 2 * size).boxed().toList();
  }

  /** All of it in a sentence. */
  String finding() {
    return evident() == 0
        ? "%d examples, and none with evidence: every verdict is a fault of the verifier."
            .formatted(examples)
        : "%d examples are solved in %s of their rollouts on average: %d by none of them, %d by all, %d in between."
            .formatted(examples, percent(passRate()), hard(), easy(), evident() - hard() - easy());
  }

  /** The table. */
  public String table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("examples", String.valueOf(examples), ""));
    if (evident() < examples) {
      rows.add(row("without evidence (faults of the verifier)", examples - evident()));
    }
    if (evident() > 0) {
      rows.add(List.of("mean pass rate", percent(passRate()), ""));
      rows.add(row("hard: solved by no rollout", hard()));
      rows.add(row("easy: solved by all", easy()));
      rows.add(row("in between", evident() - hard() - easy()));
      rows.add(row("gold in doubt: 60 % agree on another answer", brokenGold));
      for (int size : groupSizes()) {
        rows.add(
            List.of(
                "GRPO groups of " + size + " without gradient",
                percent(withoutGradient(size)),
                ""));
      }
    }
    return TextTable.of(List.of("profile", "", "share"), rows);
  }

  private List<String> row(String name, long count) {
    return List.of(name, String.valueOf(count), percent((double) count / examples));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
