package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.check.InvalidInputException;
import dev.kindling.row.EvaluationRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
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

  private static JsonNode data(Document page) throws IOException {
    return new ObjectMapper().readTree(page.getElementById("data").data());
  }

  private static SampledRollout rollout(long step, String text, String verdict) {
    Passage passage =
        new Passage(text, List.of(text, "b"), new double[] {-0.25, -1}, new double[] {0.5});
    return new SampledRollout(
        step, "id-1", 3, text, passage, passage, passage, verdict, text, -0.6931);
  }

  private static Arm withRollouts(List<SampledRollout> rollouts) {
    return new Arm("a", "", List.of(Runs.step(1, -2.0, 0.5, 1)), List.of(), rollouts, "seed: 17\n");
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
    JsonNode data = data(page);
    List<Element> canvases = page.select("figure canvas");
    assertThat(canvases).hasSize(data.at("/charts").size()).hasSizeGreaterThan(15);
    for (int i = 0; i < canvases.size(); i++) {
      assertThat(canvases.get(i).attr("data-chart")).isEqualTo(Integer.toString(i));
      assertThat(canvases.get(i).attr("aria-label")).contains(" by step", "→");
    }
  }

  @Test
  void hostileTextStaysTextEverywhere() throws Exception {
    Arm arm =
        new Arm(
            HOSTILE,
            HOSTILE,
            List.of(Runs.step(1, -2.0, 0.5, 1)),
            List.of(evaluation(HOSTILE, HOSTILE, "pass", 0.25)),
            List.of(rollout(1, HOSTILE, HOSTILE)),
            HOSTILE);
    Document page =
        Jsoup.parse(
            ReportPage.render(
                new ReportData(HOSTILE, HOSTILE, List.of(arm), HOSTILE, HOSTILE, false)));
    assertThat(page.select("script")).hasSize(3);
    assertThat(page.select("img, [onerror]")).isEmpty();
    assertThat(page.select("h1").text()).isEqualTo(SHOWN);
    JsonNode rollout = data(page).at("/rollouts/0");
    assertThat(rollout.at("/prompt").asText()).isEqualTo(SHOWN);
    assertThat(rollout.at("/verdict").asText()).isEqualTo(SHOWN);
    assertThat(rollout.at("/rationale/tokens/0").asText()).isEqualTo(SHOWN);
    assertThat(page.select("details pre").text()).isEqualTo(SHOWN);
    assertThat(page.select("table.evaluations td").eachText().subList(0, 2)).containsOnly(SHOWN);
  }

  @Test
  void thePageNamesNoOtherFileAndRunsNoScriptButItsOwn() throws Exception {
    Document page = page(withRollouts(List.of(rollout(1, "text", "WRONG"))));
    assertThat(page.select("[src]")).isEmpty();
    assertThat(page.select("link[href]").eachAttr("href")).containsExactly("data:,");
    assertThat(page.select("a").eachAttr("href"))
        .hasSize(6)
        .allMatch(to -> page.select(to).size() == 1);
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
  void aRolloutHasItsTextsAndTheFiguresOfItsTokens() throws Exception {
    String prompt = "x".repeat(5000) + "Question?";
    JsonNode data = data(page(withRollouts(List.of(rollout(7, prompt, "CORRECT")))));
    assertThat(data.at("/arms").toString()).isEqualTo("[\"a\"]");
    JsonNode rollout = data.at("/rollouts/0");
    assertThat(rollout.at("/prompt").asText()).hasSize(2001).startsWith("…x").endsWith("Question?");
    assertThat(rollout.at("/answer/text").asText())
        .isEqualTo("x".repeat(3000) + " … 1009 characters left out … " + prompt.substring(4009));
    assertThat(rollout.at("/step").asInt()).isEqualTo(7);
    assertThat(rollout.at("/example").asText()).isEqualTo("id-1");
    assertThat(rollout.at("/logW").asText()).isEqualTo("-0.6931");
    assertThat(rollout.at("/gold/logProbs").toString()).isEqualTo("[-0.25,-1]");
    assertThat(rollout.at("/gold/coefs").toString()).isEqualTo("[0.5,null]");
  }

  @Test
  void ofManyTokensTheFirstAndTheLastAreShown() throws Exception {
    List<String> tokens = IntStream.range(0, 500).mapToObj(Integer::toString).toList();
    Passage many = new Passage("", tokens, new double[500], new double[0]);
    SampledRollout rollout = new SampledRollout(1, "a", 0, "", many, many, many, "WRONG", "", 0);
    JsonNode rationale = data(page(withRollouts(List.of(rollout)))).at("/rollouts/0/rationale");
    assertThat(rationale.at("/tokens")).hasSize(401);
    assertThat(rationale.at("/tokens/299").asText()).isEqualTo("299");
    assertThat(rationale.at("/tokens/300").asText()).isEqualTo(" … ");
    assertThat(rationale.at("/tokens/301").asText()).isEqualTo("400");
    assertThat(rationale.at("/coefs")).isEmpty();
  }

  @Test
  void rolloutsBeyondThePagesShareAreLeftOutByEveryOtherStep() throws Exception {
    // Four passages of 4 thousand characters are 15 KB with the prompt's end; 160 such are too
    // many.
    List<SampledRollout> many =
        LongStream.rangeClosed(1, 160)
            .mapToObj(step -> rollout(step, "y".repeat(4000), "WRONG"))
            .toList();
    JsonNode rollouts = data(page(withRollouts(many))).at("/rollouts");
    List<Long> steps = new ArrayList<>();
    rollouts.forEach(rollout -> steps.add(rollout.at("/step").asLong()));
    assertThat(steps).hasSizeBetween(2, 100).endsWith(160L);
    long stride = steps.get(1) - steps.get(0);
    assertThat(stride).isGreaterThan(1);
    IntStream.range(1, steps.size())
        .forEach(i -> assertThat(steps.get(i) - steps.get(i - 1)).isEqualTo(stride));
    assertThat(rollouts.toString().length()).isLessThan(RolloutJson.MOST_CHARS);
  }

  @Test
  void theSettingsThatDifferAreATableOfAllArms() {
    Arm one = new Arm("one", "", List.of(), List.of(), List.of(), "run: {name: one, seed: 1}\n");
    Arm two =
        new Arm("two", "", List.of(), List.of(), List.of(), "run: {name: two, seed: 2, x: [1]}\n");
    assertThat(page(one, two).select("table.differences tr").eachText())
        .containsExactly("Setting one two", "run.seed 1 2", "run.x – [1]");
    assertThat(page(one, one).select("#settings > .empty").text())
        .isEqualTo("All runs have the same settings.");
    assertThat(page(one).select("table.differences")).isEmpty();
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
    assertThat(page.select("canvas, form")).isEmpty();
    assertThat(page.select("section > .empty").eachText())
        .containsExactly(
            "No step has been committed yet.",
            "No policy has been evaluated yet.",
            "No rollout has been committed yet.",
            "No step has been committed yet.");
  }

  @Test
  void tablesHaveCaptionsAndHeadingsDescendByOne() {
    Document page = page(withRollouts(List.of(rollout(1, "text", "WRONG"))));
    assertThat(page.select("table")).hasSize(1);
    assertThat(page.select("table > caption")).hasSize(1);
    assertThat(page.select("th:not([scope])")).isEmpty();
    List<Integer> levels =
        page.select("h1, h2, h3, h4").stream().map(h -> h.tagName().charAt(1) - '0').toList();
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
