package dev.kindling.report;

import dev.kindling.check.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The report as one HTML file that needs no network: styles, scripts and numbers stand inside it,
 * and its content security policy runs no other script, whatever the rollouts contain.
 */
public final class ReportPage {
  private static final String CHART_LIBRARY =
      "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

  private static final String REFRESH = "<meta http-equiv=\"refresh\" content=\"10\">\n";

  /** Colours of the style sheet; arms beyond them differ in the dashes of their lines. */
  private static final int COLOURS = 8;

  private static final int PROMPT_END = 400;

  private ReportPage() {}

  /**
   * The page.
   *
   * @return HTML to be written as UTF-8
   */
  public static String render(ReportData data) {
    List<Charts.Section> sections = Charts.of(data.arms());
    List<Chart> charts = sections.stream().flatMap(s -> s.charts().stream()).toList();
    String library =
        Template.resource(CHART_LIBRARY).replaceAll("(?m)^//# sourceMappingURL.*$", "");
    String script = Template.resource("report.js");
    return Template.fill(
        Template.resource("report.html"),
        Map.ofEntries(
            Map.entry("scripts", hash(library) + " " + hash(script)),
            Map.entry("style", Template.resource("report.css")),
            Map.entry("refresh", data.isLive() ? REFRESH : ""),
            Map.entry("title", Text.html(data.title())),
            Map.entry("finding", Text.html(data.finding())),
            Map.entry("arms", arms(data.arms())),
            Map.entry("evaluations", evaluations(data.arms())),
            Map.entry("legend", legend(data.arms())),
            Map.entry("charts", sections(sections)),
            Map.entry("samples", orEmpty(join(data.arms(), ReportPage::samples), "No rollout")),
            Map.entry("configurations", join(data.arms(), ReportPage::configuration)),
            Map.entry("version", Text.html(data.version())),
            Map.entry("date", Text.html(data.date())),
            Map.entry("data", ChartJson.of(data.arms(), charts)),
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

  private static String evaluations(List<Arm> arms) {
    String tables = join(arms, ReportPage::evaluation);
    return tables.isEmpty() ? "" : "<section>\n<h2>Evaluations</h2>\n" + tables + "</section>\n";
  }

  private static String evaluation(Arm arm, int index) {
    if (arm.evaluations().isEmpty()) {
      return "";
    }
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
            "step", Long.toString(arm.evaluations().get(0).step()),
            "header", headers(EvaluationTable.HEADER),
            "rows",
                arm.evaluations().stream()
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

  private static String sections(List<Charts.Section> sections) {
    StringBuilder out = new StringBuilder();
    int index = 0;
    for (Charts.Section section : sections) {
      out.append("<section>\n<h2>").append(Text.html(section.title())).append("</h2>\n");
      out.append("<div class=\"charts\">\n");
      for (Chart chart : section.charts()) {
        out.append(figure(chart, index++));
      }
      out.append("</div>\n</section>\n");
    }
    return orEmpty(out.toString(), "No step");
  }

  private static String orEmpty(String html, String missing) {
    return html.isEmpty() ? "<p class=\"empty\">" + missing + " has been committed yet.</p>" : html;
  }

  private static String figure(Chart chart, int index) {
    return Template.fill(
        """
        <figure{{large}}>
        <figcaption><h3>{{title}}</h3><p>{{meaning}}</p></figcaption>
        <div class="plot"><canvas data-chart="{{index}}" role="img" aria-label="{{description}}">\
        </canvas></div>
        </figure>
        """,
        Map.of(
            "large", chart.large() ? " class=\"large\"" : "",
            "title", Text.html(chart.title()),
            "meaning", Text.html(chart.meaning()),
            "index", Integer.toString(index),
            "description", Text.html(chart.description())));
  }

  private static String samples(Arm arm, int index) {
    if (arm.samples().isEmpty()) {
      return "";
    }
    List<String> header =
        List.of("Verdict", "log w", "End of the prompt", "Rationale", "Answer", "Gold");
    return Template.fill(
        """
        <div class="wide">
        <table class="samples">
        <caption>{{swatch}}{{name}}: {{count}} of the last committed step, drawn by a hash of their ids. log w is the \
        log-likelihood of the gold answer after the rationale, in nats.</caption>
        <thead><tr>{{header}}</tr></thead>
        <tbody>
        {{rows}}</tbody>
        </table>
        </div>
        """,
        Map.of(
            "swatch", swatch(index),
            "name", Text.html(arm.name()),
            "count", Integer.toString(arm.samples().size()),
            "header", headers(header),
            "rows", arm.samples().stream().map(ReportPage::sample).collect(Collectors.joining())));
  }

  private static String sample(SampledRollout rollout) {
    String verdict = Text.html(rollout.verdict());
    return Template.fill(
        """
        <tr><td><span class="verdict {{class}}">{{verdict}}</span>\
        <span class="id">{{id}} #{{sample}}</span>\
        <span class="id">{{reason}}</span></td><td class="number">{{logW}}</td>\
        {{prompt}}{{rationale}}{{answer}}{{gold}}</tr>
        """,
        Map.of(
            "class", verdict.toLowerCase(Locale.ROOT),
            "verdict", verdict,
            "reason", Text.html(rollout.reason()),
            "id", Text.html(rollout.exampleId()),
            "sample", Integer.toString(rollout.sample()),
            "logW", Numbers.plain(rollout.logW()),
            "prompt", passage("passage end", Text.end(rollout.prompt(), PROMPT_END)),
            "rationale", passage("passage", rollout.rationale()),
            "answer", passage("passage", rollout.answer()),
            "gold", passage("passage", rollout.gold())));
  }

  private static String passage(String style, String text) {
    return "<td><div class=\"%s\" tabindex=\"0\">%s</div></td>".formatted(style, Text.html(text));
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
