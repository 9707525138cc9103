package dev.kindling.conf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.dataset.DataSets;
import dev.kindling.objective.Garl;
import dev.kindling.objective.LpReg;
import dev.kindling.objective.Paft;
import dev.kindling.objective.Proxy;
import dev.kindling.objective.Ratio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The files under {@code conf}: one for each data set, and a tiny policy over any of them. */
class RunFilesTest {
  private static Configuration load(String... names) throws IOException {
    List<YamlText> texts = new ArrayList<>();
    for (String name : names) {
      texts.add(new YamlText(name, Files.readString(Path.of("..", "conf", name + ".yaml"))));
    }
    return Configuration.load(texts, List.of());
  }

  @ParameterizedTest
  // These two are no data set of their own.
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"JSONL", "SPARK"})
  void everyDataSetHasItsRunFileOverWhichTheTinyPolicyMakesThreeStepsOfSixteenRollouts(DataSets set)
      throws IOException {
    assertThat(load(set.settingName()).data().format()).isEqualTo(set);
    Configuration tiny = load(set.settingName(), "tiny");
    assertThat(tiny.data().format()).isEqualTo(set);
    assertThat(tiny.model().checkpoint()).isEmpty();
    assertThat(tiny.objectiveOf().estimator()).isInstanceOf(Garl.class);
    assertThat(tiny.run().steps()).isEqualTo(3);
    assertThat(tiny.sampler().promptsPerStep() * tiny.sampler().samples()).isEqualTo(16);
    assertThat(tiny.sampler().thinkingTokens()).isEqualTo(24);
  }

  @ParameterizedTest
  @CsvSource({"finqa, 4096", "hotpotqa, 3072", "musique, 2048"})
  void theTokensOfGarlAndPaftAreThoseOfTheirPaper(String set, int tokens) throws IOException {
    SamplerConf sampler = load(set).sampler();
    assertThat(sampler.samples()).isEqualTo(32);
    assertThat(sampler.answerTokens()).isEqualTo(128);
    assertThat(sampler.thinkingTokens() + sampler.answerTokens()).isEqualTo(tokens);
    assertThat(load(set, "recipes/paft").objectiveOf().estimator()).isInstanceOf(Paft.class);
  }

  @Test
  void lpRegOnDapoMathAndGrpoOnGsm8kAreThoseOfTheirPapers() throws IOException {
    Configuration lpReg = load("dapo-math", "recipes/lp-reg");
    assertThat(lpReg.sampler().promptsPerStep()).isEqualTo(256);
    assertThat(lpReg.sampler().samples()).isEqualTo(8);
    assertThat(lpReg.trainer().learningRate()).isEqualTo(1e-6);
    assertThat(lpReg.objectiveOf().tokenLoss()).isEqualTo(new Ratio(10));
    assertThat(lpReg.objectiveOf().regularisers())
        .containsExactly(new LpReg(1, 0.01, 0.02, 0, Proxy.Source.CURRENT));
    Configuration grpo = load("gsm8k", "recipes/grpo");
    assertThat(grpo.sampler().promptsPerStep() * grpo.sampler().samples()).isEqualTo(1024);
    assertThat(grpo.objective().kl()).isEqualTo(0.04);
  }
}
