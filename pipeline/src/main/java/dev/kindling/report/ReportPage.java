package dev.kindling.report;

import dev.kindling.check.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The report as one HTML file that needs no network: styles, scripts and numbers stand inside it,
 * and its content security policy runs no other script, whatever the rollouts contain.
 */
public final class ReportPage {
  private static final String CHART_LIBRARY =
      "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

  /** Without scripts; with them the page's own loads it again. */
  private static final String REFRESH =
      "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>\n";

  /** Colours of the style sheet; arms beyond them differ in the dashes of their lines. */
  private static final int COLOURS = 8;

  private ReportPage() {}

  /**
   * The page.
   *
   * @return HTML to be written as UTF-8
   */
  public static String render(ReportData data) {
    List<Arm> arms = data.arms();
    List<Chart> main = Charts.main(arms);
    List<Chart> evaluations = Charts.evaluations(arms);
    List<Charts.Section> metrics = Charts.metrics(arms);
    List<Chart> charts = new ArrayList<>(main);
    charts.addAll(evaluations);
    metrics.forEach(section -> charts.addAll(section.charts()));
    String library =
        Template.resource(CHART_LIBRARY).replaceAll("(?m)^//# sourceMappingURL.*$", "");
    String script = Template.resource("charts.js") + Template.resource("rollouts.js");
    return Template.fill(
        Template.resource("report.html"),
        Map.ofEntries(
            Map.entry("scripts", hash(library) + " " + hash(script)),
            Map.entry("style", Template.resource("report.css")),
            Map.entry("live", data.isLive() ? " data-live" : ""),
            Map.entry("refresh", data.isLive() ? REFRESH : ""),
            Map.entry("title", Text.html(data.title())),
            Map.entry("finding", Text.html(data.finding())),
            Map.entry("main", orEmpty(figures(main, 0, "h3"), "No step")),
            Map.entry("arms", arms(arms)),
            Map.entry("evaluations", evaluations(arms, evaluations, main.size())),
            Map.entry("legend", legend(arms)),
            Map.entry("metrics", sections(metrics, main.size() + evaluations.size())),
            Map.entry("without", without(arms)),
            Map.entry("rollouts", rollouts(arms)),
            Map.entry("differences", differences(arms)),
            Map.entry("configurations", join(arms, ReportPage::configuration)),
            Map.entry("version", Text.html(data.version())),
            Map.entry("date", Text.html(data.date())),
            Map.entry("data", PageJson.of(arms, charts)),
            Map.entry("library", library),
            Map.entry("script", script)));
  }

  private static String arms(List<Arm> arms) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < arms.size(); i++) {
      List<String> cells = ArmTable.cells(arms.get(i));
      rows.append("<tr><th scope=\"row\">").append(swatch(i)).append(Text.html(cells.get(0)));
      rows.append("</th>").append(cells(cells.subList(1, cells.size()))).append("</tr>\n");
    }
    return Template.fill(
        """
        <table class="arms">
        <caption>The arms side by side. Time is the wall time of all stages.</caption>
        <thead><tr>{{header}}</tr></thead>
        <tbody>
        {{rows}}</tbody>
        </table>""",
        Map.of("header", headers(ArmTable.HEADER), "rows", rows.toString()));
  }

  private static String evaluations(List<Arm> arms, List<Chart> charts, int first) {
    return arms.stream().allMatch(arm -> arm.evaluations().isEmpty())
        ? "<p class=\"empty\">No policy has been evaluated yet.</p>"
        : figures(charts, first, "h3") + join(arms, ReportPage::evaluation);
  }

  private static String evaluation(Arm arm, int index) {
    if (arm.evaluations().isEmpty()) {
      return "";
    }
    long last = arm.evaluations().get(arm.evaluations().size() - 1).step();
    return Template.fill(
        """
        <div class="wide">
        <table class="arms evaluations">
        <caption>{{swatch}}{{name}}: the policy of step {{step}}. Means over examples; the intervals are of resampled \
        examples, by the percentile bootstrap.</caption>
        <thead><tr>{{header}}</tr></thead>
        <tbody>
        {{rows}}</tbody>
        </table>
        </div>
        """,
        Map.of(
            "swatch", swatch(index),
            "name", Text.html(arm.name()),
            "step", Long.toString(last),
            "header", headers(EvaluationTable.HEADER),
            "rows",
                arm.evaluations().stream()
                    .filter(row -> row.step() == last)
                    .map(row -> "<tr>" + cells(EvaluationTable.cells(row)) + "</tr>\n")
                    .collect(Collectors.joining())));
  }

  private static String legend(List<Arm> arms) {
    StringBuilder items = new StringBuilder();
    for (int i = 0; i < arms.size(); i++) {
      items.append(
          "<button type=\"button\" aria-pressed=\"true\" data-arm=\"%d\">%s%s</button>\n"
              .formatted(i, swatch(i), Text.html(arms.get(i).name())));
    }
    return items.toString();
  }

  private static String sections(List<Charts.Section> sections, int first) {
    StringBuilder out = new StringBuilder();
    int index = first;
    for (Charts.Section section : sections) {
      out.append("<h3>").append(Text.html(section.title())).append("</h3>\n");
      out.append(figures(section.charts(), index, "h4"));
      index += section.charts().size();
    }
    return orEmpty(out.toString(), "No step");
  }

  private static String figures(List<Chart> charts, int first, String heading) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < charts.size(); i++) {
      out.append(figure(charts.get(i), first + i, heading));
    }
    return charts.isEmpty() ? "" : "<div class=\"charts\">\n" + out + "</div>\n";
  }

  private static String orEmpty(String html, String missing) {
    return html.isEmpty() ? "<p class=\"empty\">" + missing + " has been committed yet.</p>" : html;
  }

  private static String figure(Chart chart, int index, String heading) {
    return Template.fill(
        """
        <figure{{large}}>
        <figcaption><{{heading}}>{{title}}</{{heading}}><p>{{meaning}}</p></figcaption>
        <div class="plot"><canvas data-chart="{{index}}" role="img" aria-label="{{description}}">\
        </canvas></div>
        </figure>
        """,
        Map.of(
            "large", chart.large() ? " class=\"large\"" : "",
            "heading", heading,
            "title", Text.html(chart.title()),
            "meaning", Text.html(chart.meaning()),
            "index", Integer.toString(index),
            "description", Text.html(chart.description())));
  }

  /** The figures that have no chart, each with its sentence. */
  private static String without(List<Arm> arms) {
    String terms =
        Charts.without(arms).stream()
            .map(
                metric ->
                    "<dt>%s</dt><dd>%s</dd>\n"
                        .formatted(Text.html(metric.title()), Text.html(metric.meaning())))
            .collect(Collectors.joining());
    return terms.isEmpty()
        ? ""
        : "<details><summary>Figures without a value here</summary><dl>\n"
            + terms
            + "</dl></details>\n";
  }

  private static String rollouts(List<Arm> arms) {
    return arms.stream().allMatch(arm -> arm.rollouts().isEmpty())
        ? orEmpty("", "No rollout")
        : Template.fill(
            Template.resource("rollouts.html"),
            Map.of("count", Integer.toString(RolloutReader.PER_VERDICT)));
  }

  private static String differences(List<Arm> arms) {
    if (arms.size() < 2) {
      return "";
    }
    List<List<String>> rows = SettingsTable.differences(arms);
    if (rows.isEmpty()) {
      return "<p class=\"empty\">All runs have the same settings.</p>";
    }
    List<String> header = new ArrayList<>(List.of("Setting"));
    arms.forEach(arm -> header.add(arm.name()));
    return Template.fill(
        """
        <div class="wide">
        <table class="differences">
        <caption>What the settings of the runs differ in; all others are the same.</caption>
        <thead><tr>{{header}}</tr></thead>
        <tbody>
        {{rows}}</tbody>
        </table>
        </div>
        """,
        Map.of(
            "header", headers(header),
            "rows",
                rows.stream()
                    .map(
                        row ->
                            "<tr><th scope=\"row\">%s</th>%s</tr>\n"
                                .formatted(
                                    Text.html(row.get(0)), cells(row.subList(1, row.size()))))
                    .collect(Collectors.joining())));
  }

  private static String configuration(Arm arm, int index) {
    return "<details><summary>%s%s</summary><pre>%s</pre></details>\n"
        .formatted(swatch(index), Text.html(arm.name()), Text.html(arm.configuration()));
  }

  private static String headers(List<String> names) {
    return names.stream()
        .map(name -> "<th scope=\"col\">" + Text.html(name) + "</th>")
        .collect(Collectors.joining());
  }

  private static String cells(List<String> cells) {
    return cells.stream()
        .map(cell -> "<td>" + Text.html(cell) + "</td>")
        .collect(Collectors.joining());
  }

  private static String swatch(int arm) {
    return "<span class=\"swatch colour-%d\" aria-hidden=\"true\"></span>".formatted(arm % COLOURS);
  }

  /** Writes one piece of HTML for an arm and its place. */
  private interface ArmHtml {
    String of(Arm arm, int index);
  }

  private static String join(List<Arm> arms, ArmHtml html) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < arms.size(); i++) {
      parts.add(html.of(arms.get(i), i));
    }
    return String.join("", parts);
  }

  private static String hash(String script) {
    byte[] digest = Sha256.begin().digest(script.getBytes(StandardCharsets.UTF_8));
    return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
  }
}
