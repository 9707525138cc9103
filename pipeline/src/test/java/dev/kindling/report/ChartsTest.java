package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is plotted, and the numbers as the page's script gets them. */
class ChartsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static List<Chart> charts(Arm... arms) {
    return Charts.of(List.of(arms)).stream().flatMap(s -> s.charts().stream()).toList();
  }

  private static Chart chart(String title, List<Chart> charts) {
    return charts.stream().filter(c -> c.title().equals(title)).findFirst().orElseThrow();
  }

  @Test
  void evaluationsAreJoinedAndAnArmWithoutAnyIsDashed() {
    Arm evaluated = Runs.arm("a", List.of(Runs.step(1, -2.0, 0.5, 1), Runs.step(2, -1.0, null, 1)));
    Chart outcome = chart("pass@1", charts(evaluated, Runs.neverEvaluated("b", 2)));
    assertThat(outcome.large()).isTrue();
    assertThat(outcome.meaning())
        .isEqualTo("Mean over the evaluation set; dashed: mean reward in training.");
    assertThat(outcome.lines())
        .extracting(Chart.Line::label, Chart.Line::kind)
        .containsExactly(
            tuple("a", Chart.Kind.EVALUATIONS), tuple("b (training reward)", Chart.Kind.STAND_IN));
    assertThat(outcome.description())
        .isEqualTo(
            "pass@1 by step, first to last. a: 50.0 % → 50.0 %; "
                + "b (training reward): 1.0 % → 2.0 %.");
  }

  @Test
  void theFirstChartSpeaksOfDashesWhereALineIsDashed() {
    Arm evaluated = Runs.arm("a", List.of(Runs.step(1, -2.0, 0.5, 1)));
    assertThat(charts(evaluated, Runs.neverEvaluated("without a step", 0)).get(0).meaning())
        .isEqualTo("Mean over the evaluation set.");
    Chart reward = charts(Runs.neverEvaluated("b", 1)).get(0);
    assertThat(reward.title()).isEqualTo("Training reward");
    assertThat(reward.meaning())
        .isEqualTo("No arm was evaluated; dashed: mean reward in training.");
  }

  @Test
  void anAdaptiveExponentIsPlottedByItsQuantilesAndAConstantOneByItsMean() {
    Runs.Groups spread = new Runs.Groups(1, 0, 0.1, 0.5, 0.9);
    Runs.Groups constant = new Runs.Groups(1, 0, 0.75, 0.75, 0.75);
    List<Chart> charts =
        charts(
            Runs.arm("adaptive", List.of(Runs.step(1, -2.0, null, 1, spread))),
            Runs.arm("constant", List.of(Runs.step(1, -2.0, null, 1, constant))));
    assertThat(chart("Exponent q of prompts: adaptive", charts).description())
        .isEqualTo(
            "Exponent q of prompts: adaptive by step, first to last."
                + " 10 %: 0.1 → 0.1; median: 0.5 → 0.5; 90 %: 0.9 → 0.9.");
    assertThat(chart("Exponent q", charts).lines())
        .extracting(line -> line.series().first())
        .containsExactly(0.5, 0.75);
    assertThat(charts).extracting(Chart::title).doesNotContain("Exponent q of prompts: constant");
  }

  @Test
  void roundsAndDroppedPromptsArePlottedWhereThereAreAny() {
    List<Chart> plain = charts(Runs.neverEvaluated("a", 1));
    assertThat(plain)
        .extracting(Chart::title)
        .doesNotContain("Rounds of sampling", "Dropped prompts", "Exponent q");
    Runs.Groups refilled = new Runs.Groups(3, 12, null, null, null);
    List<Chart> charts = charts(Runs.arm("a", List.of(Runs.step(1, -2.0, null, 1, refilled))));
    assertThat(chart("Rounds of sampling", charts).lines().get(0).series().first()).isEqualTo(3);
    assertThat(chart("Dropped prompts", charts).lines().get(0).series().first()).isEqualTo(12);
  }

  @Test
  void theLayersOfAStepsTimeAreItsStages() {
    Chart time = chart("Time per step: a", charts(Runs.neverEvaluated("a", 1)));
    assertThat(time.lines())
        .extracting(Chart.Line::label)
        .containsExactly("rollout", "score", "weigh", "batch", "step");
    assertThat(time.lines().stream().mapToDouble(line -> line.series().first()).toArray())
        .containsExactly(4, 3, 2, 1, 2.5);
  }

  @Test
  void anEmptyRunHasNoLinesAndNoChartOfItsOwn() {
    List<Chart> charts = charts(Runs.neverEvaluated("a", 2), Runs.neverEvaluated("empty", 0));
    assertThat(charts).isNotEmpty().allSatisfy(c -> assertThat(c.lines()).isNotEmpty());
    assertThat(charts.stream().flatMap(c -> c.lines().stream()).mapToInt(Chart.Line::arm))
        .containsOnly(0);
    assertThat(Charts.of(List.of(Runs.neverEvaluated("empty", 0)))).isEmpty();
  }

  @Test
  void missingAndInfiniteValuesAreNullInTheNumbersOfTheLine() throws Exception {
    Arm arm =
        Runs.arm(
            "a",
            List.of(
                Runs.step(3, Double.NEGATIVE_INFINITY, null, Double.NaN),
                Runs.step(4, null, null, Double.POSITIVE_INFINITY),
                Runs.step(7, -0.123456789, null, 123456.789)));
    List<Chart> charts = charts(arm);
    JsonNode json = JSON.readTree(ChartJson.of(List.of(arm), charts));
    assertThat(json.at("/steps/0").toString()).isEqualTo("[3,4,7]");
    JsonNode loss = json.at("/charts/" + charts.indexOf(chart("Loss", charts)));
    assertThat(loss.at("/lines/0/values").toString()).isEqualTo("[null,null,123457]");
    JsonNode logPHat = json.at("/charts/" + charts.indexOf(chart("log P̂", charts)));
    assertThat(logPHat.at("/lines/0/values").toString()).isEqualTo("[null,null,-0.123457]");
    assertThat(logPHat.at("/unit").asText()).isEqualTo("number");
  }

  @Test
  void armsOfDifferentLengthKeepTheirOwnSteps() throws Exception {
    List<Arm> arms = List.of(Runs.neverEvaluated("long", 3), Runs.neverEvaluated("short", 1));
    JsonNode json = JSON.readTree(ChartJson.of(arms, charts(arms.toArray(Arm[]::new))));
    assertThat(json.at("/steps").toString()).isEqualTo("[[1,2,3],[1]]");
    for (JsonNode chart : json.at("/charts")) {
      for (JsonNode line : chart.at("/lines")) {
        assertThat(line.at("/values"))
            .hasSize(json.at("/steps").get(line.at("/arm").asInt()).size());
      }
    }
  }

  @Property(tries = 500)
  void everyNumberSurvivesWithSixDigits(@ForAll double value) throws Exception {
    Arm arm = Runs.arm("a", List.of(Runs.step(1, 0.0, null, value), Runs.step(2, 0.0, null, 1.0)));
    List<Chart> charts = charts(arm);
    JsonNode json = JSON.readTree(ChartJson.of(List.of(arm), charts));
    JsonNode read =
        json.at("/charts/" + charts.indexOf(chart("Loss", charts)) + "/lines/0/values/0");
    if (Double.isFinite(value)) {
      double tolerance = Math.max(Math.abs(value) * 5e-6, Double.MIN_VALUE);
      assertThat(Math.abs(read.asDouble() - value)).isLessThanOrEqualTo(tolerance);
    } else {
      assertThat(read.isNull()).isTrue();
    }
  }

  @Property(tries = 500)
  void everyNameSurvivesAndNoneHasMarkup(@ForAll String name) throws Exception {
    String hostile = name + "</script><!--";
    Arm arm = Runs.neverEvaluated(hostile, 1);
    String json = ChartJson.of(List.of(arm), charts(arm));
    assertThat(json).doesNotContain("<", ">", "--");
    assertThat(JSON.readTree(json).at("/charts/0/lines/0/label").asText())
        .isEqualTo(hostile + " (training reward)");
  }
}
