package dev.kindling.report;

import static org.apache.spark.sql.functions.expr;

import dev.kindling.row.ProfileRow;
import dev.kindling.row.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The page of a profile, one HTML file without scripts and network: pass rates, what a run would
 * see at them, and the examples that a person should look at.
 */
public final class ProfilePage {
  private static final int LISTED = 50;
  private static final int GROUPS = 100;
  private static final int BINS = 10;
  private static final int LONGEST_TEXT = 600;

  private final Dataset<Row> profile;
  private final ProfileText text;

  private ProfilePage(Dataset<Row> profile, ProfileText text) {
    this.profile = profile;
    this.text = text;
  }

  /**
   * What a page says of itself.
   *
   * @param title its title
   * @param table where the rows lie
   * @param version of this build
   * @param date of today, ISO 8601
   */
  public record About(String title, String table, String version, String date) {}

  /**
   * The page.
   *
   * @param profile rows of the table
   * @param text what was counted of them
   * @return HTML to be written as UTF-8
   */
  public static String render(Dataset<Row> profile, ProfileText text, About about) {
    ProfilePage page = new ProfilePage(profile, text);
    return Template.fill(
        Template.resource("profile.html"),
        Map.ofEntries(
            Map.entry("title", Text.html(about.title())),
            Map.entry("style", Template.resource("report.css")),
            Map.entry("finding", Text.html(text.finding())),
            Map.entry("histogram", page.histogram()),
            Map.entry("groups", page.groups()),
            Map.entry("waste", page.waste()),
            Map.entry(
                "doubt",
                page.list(
                    ProfileText.IN_DOUBT,
                    "common_wrong_count / nullif(correct + wrong + unparseable, 0)")),
            Map.entry("hard", page.list("pass_rate = 0", "log_p_hat")),
            Map.entry("easy", page.list("pass_rate = 1", "mean_tokens")),
            Map.entry("table", Text.html(about.table())),
            Map.entry("version", Text.html(about.version())),
            Map.entry("date", Text.html(about.date()))));
  }

  private String histogram() {
    long[] bins = new long[BINS + 2];
    for (ProfileText.Group group : text.groups()) {
      int bin =
          group.correct() == 0
              ? 0
              : group.correct() == group.evidence()
                  ? BINS + 1
                  : 1 + BINS * group.correct() / group.evidence();
      bins[bin] += group.examples();
    }
    long most = 1;
    for (long bin : bins) {
      most = Math.max(most, bin);
    }
    StringBuilder rows = new StringBuilder();
    for (int bin = 0; bin < bins.length; bin++) {
      String name =
          bin == 0
              ? "0 %"
              : bin == BINS + 1
                  ? "100 %"
                  : "%d to %d %%".formatted(100 / BINS * (bin - 1), 100 / BINS * bin);
      rows.append(
          bar(
              name,
              (double) bins[bin] / most,
              bins[bin] + " (" + percent((double) bins[bin] / text.examples()) + ")"));
    }
    return bars("Pass rate", "Examples", rows.toString());
  }

  private String waste() {
    StringBuilder rows = new StringBuilder();
    for (int size : text.groupSizes()) {
      double share = text.withoutGradient(size);
      rows.append(bar("M = " + size, share, percent(share)));
    }
    return rows.isEmpty()
        ? "<p class=\"empty\">No example has two judged rollouts.</p>"
        : bars("Rollouts of a group", "Without gradient", rows.toString());
  }

  private static String bar(String name, double share, String value) {
    return String.format(
        Locale.ROOT,
        "<tr><th scope=\"row\">%s</th><td><span class=\"bar\" style=\"width:%.1f%%\"></span></td><td>%s</td></tr>%n",
        Text.html(name),
        100 * share,
        Text.html(value));
  }

  private static String bars(String name, String value, String rows) {
    return "<table class=\"bars\"><thead><tr><th>"
        + name
        + "</th><th></th><th>"
        + value
        + "</th></tr></thead><tbody>\n"
        + rows
        + "</tbody></table>";
  }

  private String groups() {
    List<Row> rows =
        profile
            .selectExpr("split", "level", "pass_rate", "log_p_hat", "mean_tokens", "clipped_share")
            .groupBy("split", "level")
            .agg(
                expr("count(1)"),
                expr("avg(pass_rate)"),
                expr("count_if(pass_rate = 0)"),
                expr("count_if(pass_rate = 1)"),
                expr("avg(mean_tokens)"),
                expr("avg(clipped_share)"))
            .orderBy("split", "level")
            .limit(GROUPS)
            .collectAsList();
    StringBuilder html = new StringBuilder();
    for (Row row : rows) {
      List<String> cells = new ArrayList<>();
      cells.add(row.getString(0));
      cells.add(row.getString(1).isEmpty() ? "–" : row.getString(1));
      cells.add(String.valueOf(row.getLong(2)));
      cells.add(row.isNullAt(3) ? "–" : percent(row.getDouble(3)));
      cells.add(String.valueOf(row.getLong(4)));
      cells.add(String.valueOf(row.getLong(5)));
      cells.add(String.format(Locale.ROOT, "%.0f", row.getDouble(6)));
      cells.add(percent(row.getDouble(7)));
      html.append(cells(cells));
    }
    return table(
        "arms",
        List.of(
            "Source", "Level", "Examples", "Mean pass rate", "Hard", "Easy", "Mean tokens", "Cut"),
        html.toString());
  }

  /** The first examples of a kind, those of the largest order first. */
  private String list(String condition, String order) {
    List<ProfileRow> rows =
        Table.PROFILE.collect(
            profile
                .where(condition)
                .orderBy(expr(order).desc_nulls_last(), expr("example_id"))
                .limit(LISTED));
    if (rows.isEmpty()) {
      return "<p class=\"empty\">None.</p>";
    }
    return "<div class=\"wide\">"
        + table(
            "texts",
            List.of(
                "Example",
                "Prompt",
                "Gold",
                "Right",
                "Most frequent wrong answer",
                "log P̂",
                "Tokens"),
            rows.stream().map(ProfilePage::example).collect(Collectors.joining()))
        + "</div>";
  }

  private static String example(ProfileRow row) {
    int evidence = row.correct() + row.wrong() + row.unparseable();
    String wrong =
        row.commonWrong() == null
            ? "–"
            : "%s (%d)".formatted(shortened(row.commonWrong()), row.commonWrongCount());
    return "<tr><td>"
        + Text.html(row.exampleId())
        + "</td><td class=\"prompt\">"
        + Text.html(shortened(row.prompt()))
        + "</td>"
        + List.of(
                shortened(row.goldAnswers().get(0)),
                row.correct() + " of " + evidence,
                wrong,
                row.logPHat() == null ? "–" : String.format(Locale.ROOT, "%.1f", row.logPHat()),
                String.format(Locale.ROOT, "%.0f", row.meanTokens()))
            .stream()
            .map(cell -> "<td>" + Text.html(cell) + "</td>")
            .collect(Collectors.joining())
        + "</tr>\n";
  }

  private static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST_TEXT
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST_TEXT)) + " …";
  }

  private static String table(String type, List<String> header, String rows) {
    return "<table class=\""
        + type
        + "\"><thead><tr>"
        + header.stream()
            .map(name -> "<th scope=\"col\">" + Text.html(name) + "</th>")
            .collect(Collectors.joining())
        + "</tr></thead><tbody>\n"
        + rows
        + "</tbody></table>";
  }

  private static String cells(List<String> cells) {
    return "<tr>"
        + cells.stream()
            .map(cell -> "<td>" + Text.html(cell) + "</td>")
            .collect(Collectors.joining())
        + "</tr>\n";
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
