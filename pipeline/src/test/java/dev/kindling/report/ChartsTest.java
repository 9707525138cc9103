package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.kindling.row.MetricsRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is plotted, and the numbers as the page's script gets them. */
class ChartsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static List<Chart> charts(Arm... arms) {
    List<Chart> charts = new ArrayList<>(Charts.main(List.of(arms)));
    charts.addAll(Charts.evaluations(List.of(arms)));
    Charts.metrics(List.of(arms)).forEach(section -> charts.addAll(section.charts()));
    return charts;
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
        .isEqualTo(
            "Mean over the examples of the evaluation set, with its 95 % interval; step 0 is the"
                + " policy that the run began with; dashed: mean reward in training.");
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
        .endsWith("the policy that the run began with.");
    Chart reward = charts(Runs.neverEvaluated("b", 1)).get(0);
    assertThat(reward.title()).isEqualTo("Training reward");
    assertThat(reward.meaning())
        .isEqualTo("No arm was evaluated; dashed: mean reward in training.");
  }

  @Test
  void everyFigureOfTheMetricsHasAChartWithTheSentenceOfItsSchema() throws Exception {
    MetricsRow all = Runs.step(1, -2.0, 0.5, 1, new Runs.Groups(3, 12, 0.1, 0.5, 0.9));
    List<Chart> charts = charts(Runs.arm("a", List.of(all)));
    List<String> sentences = charts.stream().map(Chart::meaning).toList();
    Path schema = Path.of("..", "data-schemas", "8-metrics.yaml");
    Set<String> missing = new TreeSet<>();
    for (JsonNode column : new YAMLMapper().readTree(schema.toFile()).get("columns")) {
      if (!column.get("name").asText().equals("step")
          && !sentences.contains(column.get("description").asText())) {
        missing.add(column.get("name").asText());
      }
    }
    assertThat(missing)
        .as("columns without a value in this arm")
        .containsExactly("carried_sample_size", "eval_log_p_hat", "seconds_refill");
    assertThat(Charts.without(List.of(Runs.arm("a", List.of(all)))))
        .extracting(Metric::column)
        .containsExactlyElementsOf(missing);
    assertThat(chart("Exponent q, 10 % quantile", charts).lines().get(0).series().first())
        .isEqualTo(0.1);
    assertThat(chart("Dropped prompts", charts).lines().get(0).series().first()).isEqualTo(12);
  }

  @Test
  void everyColumnHasWordsOfItsOwn() {
    assertThat(Metric.all()).extracting(Metric::section).doesNotContain(Metric.OTHER);
    assertThat(Metric.all()).extracting(Metric::title).doesNotHaveDuplicates();
  }

  @Test
  void aCurveOfEvaluationsBeginsAtStep0AndHasItsIntervals() throws Exception {
    Arm arm =
        new Arm(
            "a",
            "",
            List.of(Runs.step(1, -2.0, 0.5, 1), Runs.step(2, -1.0, 0.75, 1)),
            List.of(Runs.evaluation(0, 0.25), Runs.evaluation(1, 0.5), Runs.evaluation(2, 0.75)),
            List.of(),
            "");
    JsonNode json = JSON.readTree(PageJson.of(List.of(arm), charts(arm)));
    JsonNode line = json.at("/charts/0/lines/0");
    assertThat(line.at("/steps").toString()).isEqualTo("[0,1,2]");
    assertThat(line.at("/values").toString()).isEqualTo("[0.25,0.5,0.75]");
    assertThat(line.at("/low").toString()).isEqualTo("[0.15,0.4,0.65]");
    assertThat(line.at("/high").toString()).isEqualTo("[0.35,0.6,0.85]");
    assertThat(Charts.evaluations(List.of(arm)).get(0).title()).isEqualTo("eval: pass@1");
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
    assertThat(charts(Runs.neverEvaluated("empty", 0))).isEmpty();
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
    JsonNode json = JSON.readTree(PageJson.of(List.of(arm), charts));
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
    JsonNode json = JSON.readTree(PageJson.of(arms, charts(arms.toArray(Arm[]::new))));
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
    JsonNode json = JSON.readTree(PageJson.of(List.of(arm), charts));
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
    String json = PageJson.of(List.of(arm), charts(arm));
    assertThat(json).doesNotContain("<", ">", "--");
    assertThat(JSON.readTree(json).at("/charts/0/lines/0/label").asText())
        .isEqualTo(hostile + " (training reward)");
  }
}
