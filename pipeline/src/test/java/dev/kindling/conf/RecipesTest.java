package dev.kindling.conf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.objective.Aggregation;
import dev.kindling.objective.ClippedRatio;
import dev.kindling.objective.DynamicSampling;
import dev.kindling.objective.Garl;
import dev.kindling.objective.Gspo;
import dev.kindling.objective.KlCov;
import dev.kindling.objective.LpReg;
import dev.kindling.objective.Objective;
import dev.kindling.objective.PolicyGradient;
import dev.kindling.objective.Proxy;
import dev.kindling.objective.QSchedule;
import dev.kindling.objective.Ratio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files under {@code conf/recipes}: one for each published recipe. */
class RecipesTest {
  private static final Path FOLDER = Path.of("..", "conf", "recipes");

  static List<Path> recipes() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList();
    }
  }

  private static Configuration load(String... names) throws IOException {
    List<YamlText> texts = new ArrayList<>();
    for (String name : names) {
      texts.add(new YamlText(name, Files.readString(FOLDER.resolve(name + ".yaml"))));
    }
    return Configuration.load(texts, List.of());
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void everyRecipeIsACommentAndSettingsThatFitTogether(Path recipe) throws IOException {
    String text = Files.readString(recipe);
    assertThat(text).startsWith("# ");
    Configuration configuration =
        Configuration.load(List.of(new YamlText(recipe.toString(), text)), List.of());
    assertThat(configuration.objectiveOf().estimator().name())
        .isEqualTo(Setting.label(configuration.objective().name()));
  }

  @Test
  void theRecipesOfThePapersAreThere() throws IOException {
    assertThat(recipes().stream().map(file -> file.getFileName().toString()))
        .contains(
            "garl.yaml",
            "paft.yaml",
            "grpo.yaml",
            "dapo.yaml",
            "gspo.yaml",
            "lp-reg.yaml",
            "kl-cov.yaml",
            "80-20.yaml",
            "maxrl.yaml",
            "sft-then-rl.yaml");
  }

  @Test
  void theirPartsAreThoseOfThePapers() throws IOException {
    Objective dapo = load("dapo").objectiveOf();
    assertThat(dapo.tokenLoss()).isEqualTo(new ClippedRatio(0.2, 0.28, 0));
    assertThat(dapo.aggregation()).isEqualTo(Aggregation.TOKEN_MEAN);
    assertThat(dapo.sampling()).contains(new DynamicSampling(10, 32));
    assertThat(dapo.overlong().orElseThrow().limit()).isEqualTo(320);
    assertThat(load("gspo").objectiveOf().tokenLoss()).isEqualTo(new Gspo(3e-4, 4e-4));
    Objective lpReg = load("lp-reg").objectiveOf();
    assertThat(lpReg.tokenLoss()).isEqualTo(new Ratio(10));
    assertThat(lpReg.regularisers())
        .containsExactly(new LpReg(1, 0.01, 0.02, 0, Proxy.Source.CURRENT));
    assertThat(load("kl-cov").objectiveOf().regularisers()).containsExactly(new KlCov(2e-3, 1));
    assertThat(((Garl) load("sft-then-rl").objectiveOf().estimator()).schedule())
        .isEqualTo(new QSchedule(QSchedule.Shape.STEP, 1, 0, 100, 0.1));
  }

  @Test
  void laterRecipesGoOverEarlierOnesSettingBySetting() throws IOException {
    Objective both = load("lp-reg", "garl").objectiveOf();
    assertThat(both.estimator()).isInstanceOf(Garl.class);
    assertThat(both.tokenLoss()).isEqualTo(new Ratio(10));
    assertThat(both.regularisers()).hasSize(1);
  }

  @Test
  void lpRegOnGarlIsOneLine() {
    Configuration configuration =
        Configuration.load(List.of(), List.of("objective.regularisers=[lp-reg]"));
    Objective objective = configuration.objectiveOf();
    assertThat(objective.estimator()).isInstanceOf(Garl.class);
    assertThat(objective.tokenLoss()).isEqualTo(new PolicyGradient());
    assertThat(objective.loss().batchWide()).hasSize(1);
  }
}
