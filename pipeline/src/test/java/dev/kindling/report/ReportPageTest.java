package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.check.InvalidInputException;
import dev.kindling.row.EvaluationRow;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

/** The page as a browser's parser sees it. */
class ReportPageTest {
  private static final String HOSTILE =
      "</script><script>alert(1)</script><img src=x onerror=alert(2)>&{{title}}\u0000";
  // What a reader sees of it.
  private static final String SHOWN = HOSTILE.replace('\u0000', '␀');

  private static Document page(Arm... arms) {
    return Jsoup.parse(ReportPage.render(Runs.report(arms)));
  }

  private static SampledRollout rollout(String text, String verdict) {
    return new SampledRollout("id-1", 3, text, text, text, text, verdict, text, -2.5);
  }

  private static Arm withSamples(List<SampledRollout> samples) {
    return new Arm("a", "", List.of(Runs.step(1, -2.0, 0.5, 1)), List.of(), samples, "seed: 17\n");
  }

  @Test
  void aReportShowsItsTextArmsChartsAndConfiguration() {
    Document page = page(Runs.neverEvaluated("garl", 3), Runs.neverEvaluated("grpo", 2));
    assertThat(page.title()).isEqualTo("Two arms");
    assertThat(page.select("h1").text()).isEqualTo("Two arms");
    assertThat(page.select(".finding").text()).isEqualTo("One learns.");
    assertThat(page.select("footer").text()).startsWith("Kindling 0.1.0 · 2026-01-01 ");
    assertThat(page.select("table.arms tbody th").eachText()).containsExactly("garl", "grpo");
    assertThat(page.select(".legend button").eachText()).containsExactly("garl", "grpo");
    assertThat(page.select("figure.large h3").eachText())
        .containsExactly("Training reward", "log P̂");
    assertThat(page.select("details pre").eachText())
        .containsExactly("objective:\n  name: garl", "objective:\n  name: garl");
    assertThat(page.select("details[open]")).isEmpty();
  }

  @Test
  void everyChartHasItsNumbersAndItsDescription() throws Exception {
    Document page = page(Runs.neverEvaluated("garl", 3));
    JsonNode data = new ObjectMapper().readTree(page.getElementById("data").data());
    List<Element> canvases = page.select("figure canvas");
    assertThat(canvases).hasSize(data.at("/charts").size()).hasSizeGreaterThan(15);
    for (int i = 0; i < canvases.size(); i++) {
      assertThat(canvases.get(i).attr("data-chart")).isEqualTo(Integer.toString(i));
      assertThat(canvases.get(i).attr("aria-label")).contains(" by step", "→");
    }
  }

  @Test
  void hostileTextStaysTextEverywhere() {
    Arm arm =
        new Arm(
            HOSTILE,
            HOSTILE,
            List.of(Runs.step(1, -2.0, 0.5, 1)),
            List.of(evaluation(HOSTILE, HOSTILE, "pass", 0.25)),
            List.of(rollout(HOSTILE, HOSTILE)),
            HOSTILE);
    Document page =
        Jsoup.parse(
            ReportPage.render(
                new ReportData(HOSTILE, HOSTILE, List.of(arm), HOSTILE, HOSTILE, false)));
    assertThat(page.select("script")).hasSize(3);
    assertThat(page.select("img, [onerror]")).isEmpty();
    assertThat(page.select("h1").text()).isEqualTo(SHOWN);
    assertThat(page.select(".passage").eachText()).hasSize(4).containsOnly(SHOWN);
    assertThat(page.select(".verdict").text()).isEqualTo(SHOWN);
    assertThat(page.select(".id").eachText()).containsExactly("id-1 #3", SHOWN);
    assertThat(page.select("details pre").text()).isEqualTo(SHOWN);
    assertThat(page.select("table.evaluations td").eachText().subList(0, 2)).containsOnly(SHOWN);
  }

  @Test
  void thePageNamesNoOtherFileAndRunsNoScriptButItsOwn() throws Exception {
    Document page = page(withSamples(List.of(rollout("text", "WRONG"))));
    assertThat(page.select("[src]")).isEmpty();
    assertThat(page.select("[href]").eachAttr("href")).containsExactly("data:,");
    assertThat(page.select("style").html()).doesNotContain("url(", "@import");
    String policy = page.select("meta[http-equiv=Content-Security-Policy]").attr("content");
    assertThat(policy).startsWith("default-src 'none'; ");
    List<Element> scripts = page.select("script:not([type])");
    assertThat(scripts).hasSize(2);
    for (Element script : scripts) {
      byte[] text = script.data().getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
      assertThat(policy).contains("'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
      assertThat(script.data()).doesNotContain("sourceMappingURL");
    }
  }

  @Test
  void aRolloutShowsTheEndOfItsPromptAndItsVerdict() {
    String prompt = "x".repeat(5000) + "Question?";
    Document page =
        page(
            withSamples(
                List.of(
                    new SampledRollout(
                        "id-1",
                        3,
                        prompt,
                        "since",
                        "42",
                        "42 | 42.0",
                        "CORRECT",
                        "as written",
                        -0.6931))));
    List<String> passages = page.select(".passage").eachText();
    assertThat(passages.get(0)).hasSize(401).startsWith("…x").endsWith("Question?");
    assertThat(passages.subList(1, 4)).containsExactly("since", "42", "42 | 42.0");
    assertThat(page.select(".verdict.correct").text()).isEqualTo("CORRECT");
    assertThat(page.select("td.number").text()).isEqualTo("-0.6931");
    assertThat(page.select(".id").eachText()).containsExactly("id-1 #3", "as written");
    assertThat(page.select("table.samples caption").text())
        .startsWith("a: 1 of the last committed step");
  }

  @Test
  void theLastEvaluationIsATableWithIntervals() {
    Arm arm =
        new Arm(
            "a",
            "",
            List.of(Runs.step(8, -2.0, 0.25, 1)),
            List.of(
                evaluation("aime", "", "pass", 0.25),
                evaluation("aime", "hard", "maj", null),
                evaluation("aime", "", "log_p_hat", -1.5)),
            List.of(),
            "");
    Document page = page(arm, Runs.neverEvaluated("b", 1));
    assertThat(page.select("table.evaluations")).hasSize(1);
    assertThat(page.select("table.evaluations caption").text())
        .startsWith("a: the policy of step 8.");
    assertThat(page.select("table.evaluations tbody tr").eachText())
        .containsExactly(
            "aime all pass@2 25.0 % 15.0 % … 35.0 % 20 4",
            "aime hard maj@2 – – 20 4", "aime all log_p_hat -1.5 -1.6 … -1.4 20 4");
  }

  /** A figure of step 8 with an interval of a tenth to both sides. */
  private static EvaluationRow evaluation(String set, String level, String metric, Double value) {
    return new EvaluationRow(
        8,
        set,
        level,
        metric,
        metric.equals("log_p_hat") ? 0 : 2,
        value,
        value == null ? null : (Double) (value - 0.1),
        value == null ? null : (Double) (value + 0.1),
        20,
        4.0);
  }

  @Test
  void aRunWithoutStepsSaysSoAndPlotsNothing() {
    Document page = page(Runs.neverEvaluated("new", 0));
    assertThat(page.select("canvas, table.samples")).isEmpty();
    assertThat(page.select("main > .empty, section > .empty").eachText())
        .containsExactly("No step has been committed yet.", "No rollout has been committed yet.");
  }

  @Test
  void tablesHaveCaptionsAndHeadingsDescendByOne() {
    Document page = page(withSamples(List.of(rollout("text", "WRONG"))));
    assertThat(page.select("table")).hasSize(2);
    assertThat(page.select("table > caption")).hasSize(2);
    assertThat(page.select("th:not([scope])")).isEmpty();
    List<Integer> levels =
        page.select("h1, h2, h3").stream().map(h -> h.tagName().charAt(1) - '0').toList();
    assertThat(levels.get(0)).isEqualTo(1);
    IntStream.range(1, levels.size())
        .forEach(i -> assertThat(levels.get(i) - levels.get(i - 1)).isLessThanOrEqualTo(1));
  }

  @Test
  void anArmBeyondThePaletteTakesItsColoursAgain() {
    Arm[] nine =
        IntStream.range(0, 9).mapToObj(i -> Runs.neverEvaluated("arm " + i, 1)).toArray(Arm[]::new);
    assertThat(page(nine).select(".legend .swatch").last().className())
        .isEqualTo("swatch colour-0");
  }

  @Test
  void aReportOfNothingIsRefused() {
    assertThatThrownBy(Runs::report)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Invalid report: [] (must have at least one run)");
  }

  @Test
  void aPlaceWithoutValueIsAFault() {
    assertThatThrownBy(() -> Template.fill("{{nothing}}", Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("No value for {{nothing}}");
  }
}
