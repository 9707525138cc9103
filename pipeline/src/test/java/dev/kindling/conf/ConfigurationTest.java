package dev.kindling.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.check.InvalidInputException;
import dev.kindling.objective.Aggregation;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three layers of settings, one complete message for everything that is wrong with them. */
class ConfigurationTest {
  @Test
  void laterLayersWin() {
    Configuration configuration =
        load("sampler:\n  samples: 16\n  top_k: 5\ntrainer:\n", "sampler.samples=32");
    assertThat(configuration.sampler().samples()).isEqualTo(32);
    assertThat(configuration.sampler().topK()).isEqualTo(5);
    assertThat(configuration.sampler().topP()).isEqualTo(1.0);
  }

  @Test
  void aFormatThatDoesNotExistIsRefusedByName() {
    assertThatThrownBy(() -> load("data: {format: csv}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Invalid data.format: \"csv\" (must be one of aime, dapo-math, finqa, gsm8k, hotpotqa, jsonl, math500, minerva, musique, olympiadbench, spark)");
  }

  @Test
  void aTextWithHalfASurrogatePairIsRefused() {
    assertThatThrownBy(
            () -> load("data: {style: chat, system_prompt: \"cat \\ud83d\"}", "run.name=\udc31x"))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            refused ->
                assertThat(refused.violations())
                    .containsExactlyInAnyOrder(
                        "Invalid data.system_prompt: cat \\ud83d (must be Unicode: it has half a surrogate pair at character 4)",
                        "Invalid run.name: \\udc31x (must be Unicode: it has half a surrogate pair at character 0)"));
    assertThat(load("data: {style: chat, system_prompt: \"\\ud83d\\udc31\"}").data().systemPrompt())
        .contains("🐱");
  }

  @Test
  void aFileOfSomethingElseIsRefusedInAFewLines() {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < 200_000; i++) {
      yaml.append("k").append(i).append(": 1\n");
    }
    assertThatThrownBy(() -> load(yaml.toString()))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            refused ->
                assertThat(refused.violations())
                    .hasSize(21)
                    .endsWith("… and 199980 more unknown keys"));
    assertThatThrownBy(() -> load("run: {steps: \"" + "9".repeat(100_000) + "\"}"))
        .hasMessage(
            "Invalid run.steps: \"%s… (must be an integer of 64 bits)".formatted("9".repeat(99)));
    assertThatThrownBy(() -> load("? %s\n: 1".formatted("k".repeat(100_000))))
        .hasMessage("Unknown key %s…".formatted("k".repeat(100)));
  }

  @Test
  void aRunThatIsOlderThanASettingIsGoneOnWithUnderItsDefault() {
    Configuration defaults = Configuration.load(List.of(), List.of());
    String older = defaults.toYaml().replaceFirst(" +max_chars: .*\n", "");
    assertThat(older).doesNotContain("max_chars");
    YamlText saved = new YamlText("config.yaml", older);
    defaults.requireResumable(saved);
    assertThatThrownBy(() -> load("data: {max_chars: 5}").requireResumable(saved))
        .hasMessageStartingWith("Invalid data.max_chars: 5 (the run was started with 1000000: ");
  }

  @Test
  void anEmptyFileChangesNothing() {
    assertThat(load("# only a comment\n")).isEqualTo(Configuration.load(List.of(), List.of()));
  }

  @Test
  void everyKeyOfTheDefaultsIsBoundAndHasACommentAboveIt() {
    List<String> lines = Configuration.defaults().text().lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).matches(" +[a-z].*")) {
        assertThat(lines.get(i - 1)).as("line above '%s'", lines.get(i)).matches(" +# .*");
      }
    }
    String bound = Configuration.load(List.of(), List.of()).toYaml();
    assertThat(Configuration.defaults().settings().keySet())
        .containsExactlyElementsOf(new YamlText("bound", bound).settings().keySet());
  }

  @Test
  void everyViolationOfEverySectionIsNamedAtOnce() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    sampler: {temprature: 0.5, samples: many, top_p: 1.5}
                    samplr: {top_k: 1}
                    objective: {q: 2, name: grop}
                    run: 5
                    """,
                    "trainer.slices=0",
                    "samples=3",
                    "trainer.beta1=1"))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            refused ->
                assertThat(refused.violations())
                    .containsExactlyInAnyOrder(
                        "Unknown key sampler.temprature (did you mean sampler.temperature?)",
                        "Unknown key samplr.top_k (did you mean sampler.top_k?)",
                        "Unknown key samples (did you mean sampler.samples?)",
                        "Invalid run: 5 (must be a section)",
                        "Invalid sampler.samples: \"many\" (must be an integer of 32 bits)",
                        "Invalid objective.name: \"grop\" (must be one of garl, paft, reinforce, reinforce-plus-plus, rloo, grpo, maxrl, sft)",
                        "Invalid trainer.slices: 0 (must be in [1, 99999])",
                        "Invalid trainer.beta1: 1.0 (must be in [0, 1))"));
  }

  @Test
  void aConversationHasASystemPromptThinkingAndADate() {
    DataConf data =
        load(
                "data: {style: chat, thinking: false, template_date: '2026-11-21'}",
                "data.system_prompt=Add.")
            .data();
    assertThat(data.systemPrompt()).contains("Add.");
    assertThat(data.thinking()).contains(false);
    assertThat(data.templateDate()).contains("2026-11-21");
    assertThat(load("").sampler().endOfSequence()).isEmpty();
  }

  @Test
  void rulesOfOneSectionAreNamedTogether() {
    assertThatThrownBy(() -> load("sampler: {samples: 0, top_p: 1.5, end_of_thinking: ''}"))
        .hasMessage(
            """
            Invalid sampler.samples: 0 (must be >= 1)
            Invalid sampler.top_p: 1.5 (must be in (0, 1])
            Invalid sampler.end_of_thinking:  (must not be empty)\
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run.steps=1.5 | Invalid run.steps: 1.5 (must be an integer of 64 bits)",
        "run.seed=99999999999999999999 | Invalid run.seed: 99999999999999999999 (must be an integer of 64 bits)",
        "run.seed=null | Invalid run.seed: null (must be an integer of 64 bits)",
        "run.name=a/b | Invalid run.name: a/b (must be 1 to 100 letters",
        "run.name=.. | Invalid run.name: .. (must be 1 to 100 letters",
        "sampler.samples=4294967298 | Invalid sampler.samples: 4294967298 (must be an integer of 32 bits)",
        "sampler.temperature=.nan | Cannot read --set sampler.temperature: line 1: Malformed numeric value '.nan'",
        "sampler.temperature=1e999 | (must be a finite number)",
        "sampler.temperature=[1] | Invalid sampler.temperature: [1] (must be a finite number)",
        "sampler.temperature=0 | must be in (0, 10]: a greedy policy explores nothing",
        "data.shuffle=1 | Invalid data.shuffle: 1 (must be true or false)",
        "data.format=FINQA | Invalid data.format: \"FINQA\" (must be one of aime, dapo-math, finqa, gsm8k, hotpotqa, jsonl, math500, minerva, musique, olympiadbench, spark)",
        "data.thinking=true | Invalid data.thinking: true (must be null unless data.style is chat)",
        "data.thinking=maybe | Invalid data.thinking: \"maybe\" (must be true or false)",
        "data.system_prompt=Add. | Invalid data.system_prompt: Add. (must be null unless data.style is chat)",
        "data.template_date=2026-13-01 | Invalid data.template_date: 2026-13-01 (must be a date such as 2026-11-21)",
        "sampler.thinking_tokens=-1 | Invalid sampler.thinking_tokens: -1 (must be in [0, 1048576])",
        "sampler.end_of_sequence=</think> | Invalid sampler.end_of_sequence: </think> (must not be empty and not be sampler.end_of_thinking)",
        "data.max_rejected_share=-0.1 | (must be in [0, 1])",
        "evaluate.k=[1, x] | Invalid evaluate.k: [1,\"x\"] (must be a list of integers of 32 bits)",
        "evaluate.k=[4, 1] | Invalid evaluate.k: [4, 1] (must be ascending integers in [1, evaluate.samples = 4])",
        "evaluate.k=[1, 8] | (must be ascending integers in [1, evaluate.samples = 4])",
        "evaluate.every=5 | Invalid evaluate.every: 5 (must be 0 while data.eval_path is null and evaluate.sets is empty)",
        "model.heads=6 | Invalid model.heads: 6 (must be a positive multiple of model.kv_heads = 4)",
        "model.precision=float16 | Invalid model.precision: \"float16\" (must be one of float32, bfloat16)",
        "model.tokenizer=characters: | Invalid model.tokenizer: characters:",
        "model.max_positions=320 | Invalid model.max_positions: 320 (must be > sampler.thinking_tokens + sampler.answer_tokens = 320, to leave room for the prompt)",
        "objective.dual_clip=1 | Invalid objective.dual_clip: 1.0 (must be 0 (off), or finite and > 1)",
        "objective.lp_reg.rho=1 | Invalid objective.lp_reg.rho: 1.0 (must be in [0, 1))",
        "objective.lp_reg.ro=1 | Unknown key objective.lp_reg.ro (did you mean objective.lp_reg.rho?)",
        "objective.regularisers=lp-reg | Invalid objective.regularisers: \"lp-reg\" (must be a list)",
        "objective.regularisers=[lp] | Invalid objective.regularisers: \"lp\" (must be one of lp-reg, lp-reg-code, entropy-bonus, high-entropy, kl-cov, clip-cov)",
        "trainer.updates_per_step=33 | Invalid trainer.updates_per_step: 33 (must be <= sampler.prompts_per_step = 32)",
        "trainer.schedule=step | (must be one of constant, linear, cosine)",
        "colour=red | Unknown key colour (conf/defaults.yaml lists all keys)",
        "trainer.temperature=1 | Unknown key trainer.temperature (did you mean sampler.temperature?)",
        "run.folder | Invalid --set: run.folder (must be key=value, for example run.steps=10)",
        "=3 | Invalid --set: =3 (must be key=value, for example run.steps=10)",
        "run.steps={a: | Cannot read --set run.steps: while parsing",
        "run.steps=*a | Cannot read --set run.steps: line 1 has an anchor or alias",
      })
  void aBadValueIsRefusedWithKeyValueAndRule(String set, String message) {
    assertThatThrownBy(() -> load("", set))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aGroupObjectiveNeedsTwoSamplesAndGarlDoesNot() {
    assertThat(load("sampler: {samples: 1}").sampler().samples()).isEqualTo(1);
    assertThatThrownBy(
            () -> load("sampler: {samples: 1}\nobjective: {name: rloo, success: verified}"))
        .hasMessage(
            "Invalid sampler.samples: 1 (must be >= 2 with objective.name = rloo, to form a baseline)");
  }

  @Test
  void textOnTheCommandLineNeedsNoQuotes() {
    Configuration configuration =
        load(
            "",
            "run.name=2024",
            "model.tokenizer=characters:0123456789+-*= #:{",
            "data.path=s3a://bucket/a=b",
            "verifier.name=null",
            "trainer.learning_rate=3e-4",
            "objective.aggregation=seq-mean-token-sum");
    assertThat(configuration.run().name()).contains("2024");
    assertThat(configuration.model().tokenizer()).isEqualTo("characters:0123456789+-*= #:{");
    assertThat(configuration.data().path()).contains(new Paths(List.of("s3a://bucket/a=b")));
    assertThat(configuration.verifier().name()).isEmpty();
    assertThat(configuration.trainer().learningRate()).isEqualTo(0.0003);
    assertThat(configuration.objective().aggregation()).contains(Aggregation.SEQ_MEAN_TOKEN_SUM);
  }

  @ParameterizedTest
  @CsvSource({
    "1.0E23, 1.0E23",
    "2.0E-3, 0.002",
    // 2^-44
    "0x1p-44, 5.684341886080802E-14"
  })
  void aNumberIsWrittenInTheFewestDigitsWhateverTheJava(double number, String text) {
    assertThat(load("", "trainer.epsilon=" + number).toYaml())
        .contains("  epsilon: " + text + "\n");
  }

  @Test
  void aDataSetIsOnePathOrAListOfThem() {
    Configuration one = load("data: {path: a.jsonl, eval_path: [b.jsonl]}");
    assertThat(one.data().path()).contains(new Paths(List.of("a.jsonl")));
    assertThat(one.data().evalPath()).contains(new Paths(List.of("b.jsonl")));
    Configuration two = load("data: {path: [a.jsonl, \"b, c.jsonl\"]}");
    assertThat(two.data().path()).contains(new Paths(List.of("a.jsonl", "b, c.jsonl")));
    assertThat(load("", "data.path=[a.jsonl, \"b, c.jsonl\"]")).isEqualTo(two);
    assertThat(load(two.toYaml())).isEqualTo(two);
    assertThat(load("", "data.path=[v2] a.jsonl").data().path())
        .contains(new Paths(List.of("[v2] a.jsonl")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]        | [] (must be a path or a list of paths)",
        "3         | 3 (must be a path or a list of paths; put them in quotes)",
        "[a, null] | [\"a\",null] (must be a path or a list of paths; put them in quotes)",
        "[a, '']   | a,  (must not be empty)",
      })
  void aListThatIsNotOneOfPathsIsRefused(String path, String message) {
    assertThatThrownBy(() -> load("data: {path: " + path + "}"))
        .hasMessage("Invalid data.path: " + message);
  }

  @Test
  void textInAFileNeedsQuotesWhenYamlTakesItForANumber() {
    assertThatThrownBy(() -> load("run: {name: 2024}"))
        .hasMessage("Invalid run.name: 2024 (must be text; put it in quotes)");
    assertThat(load("run: {name: '2024'}").run().name()).contains("2024");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run: {steps: 1, steps: 2} | Duplicate field 'steps'",
        "run: {steps: 1}\\nrun: {steps: 2} | line 2: Duplicate field 'run'",
        "run: {steps: 1}\\nrun.steps: 2 | it sets run.steps twice",
        "run: &a {steps: 1}\\ntrainer: *a | line 1 has an anchor or alias",
        "run: {steps: 1}\\n--- \\nrun: {steps: 2} | Cannot read run.yaml: ",
        "[1, 2] | it must be a map of sections",
        "run: {steps: 1 | line 1, column 1",
        "run:\\n\\tsteps: 1 | line 2, column 1",
      })
  void hostileYamlIsRefusedByName(String yaml, String message) {
    assertThatThrownBy(() -> load(yaml.replace("\\n", "\n").replace("\\t", "\t")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot read run.yaml: ")
        .hasMessageContaining(message);
  }

  @Test
  void deepNestingAndHugeTextsAreRefusedRatherThanRead() {
    assertThatThrownBy(() -> load("run: " + "[".repeat(100_000)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot read run.yaml: ");
    assertThatThrownBy(() -> load("run: {name: " + "x".repeat(4_000_000) + "}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot read run.yaml: ");
  }

  @Test
  void theScheduleRunsOverTheWholeRunUnlessToldOtherwise() {
    Configuration whole = load("run: {steps: 30}\ntrainer: {updates_per_step: 4}");
    assertThat(whole.totalUpdates(whole)).isEqualTo(120);
    assertThat(whole.forPretraining().totalUpdates(whole.forPretraining())).isEqualTo(200);
    assertThat(load("trainer: {total_updates: 7}").totalUpdates(whole)).isEqualTo(7);
  }

  @Test
  void theDigestTellsConfigurationsApart() {
    Configuration one = load("run: {seed: 1}");
    assertThat(one.digest()).matches("[0-9a-f]{64}").isEqualTo(load("").digest());
    assertThat(load("run: {seed: 2}").digest()).isNotEqualTo(one.digest());
  }

  @Property(tries = 200)
  void theEffectiveConfigurationReadsBackAsEqual(
      @ForAll @LongRange(min = 0) long seed,
      @ForAll @DoubleRange(min = 1e-18, max = 1) @Scale(18) double learningRate,
      @ForAll @StringLength(min = 1, max = 20) String text) {
    String token = text.isBlank() ? "x" + text : text;
    Configuration configuration =
        load(
            "",
            "run.seed=" + seed,
            "trainer.learning_rate=" + learningRate,
            "data.path=" + (token.equals("null") || token.matches("(?s)\\[.*]") ? "nil" : token),
            "sampler.end_of_thinking=" + token);
    assertThat(configuration.sampler().endOfThinking()).isEqualTo(token);
    Configuration again = load(configuration.toYaml());
    assertThat(again).isEqualTo(configuration);
    assertThat(again.toYaml()).isEqualTo(configuration.toYaml());
    assertThat(again.data().path()).isNotEqualTo(Optional.empty());
  }

  private static Configuration load(String yaml, String... sets) {
    return Configuration.load(List.of(new YamlText("run.yaml", yaml)), List.of(sets));
  }
}
