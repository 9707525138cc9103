package dev.kindling.conf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.kindling.check.Check;
import dev.kindling.check.InvalidInputException;
import dev.kindling.check.RunFormat;
import dev.kindling.check.Sha256;
import dev.kindling.dataset.DataSets;
import dev.kindling.objective.Objective;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Every setting of a run. {@code conf/defaults.yaml} tells what each means, in which unit and
 * range; the records check them.
 *
 * @param run where and how long
 * @param data what is learned from
 * @param model the policy
 * @param sampler how rollouts are drawn
 * @param verifier who judges them
 * @param objective what is minimised
 * @param trainer how a step is made
 * @param evaluate how progress is measured
 * @param metrics where figures are sent
 * @param pretrain how an untrained policy learns to write
 */
public record Configuration(
    RunConf run,
    DataConf data,
    ModelConf model,
    SamplerConf sampler,
    VerifierConf verifier,
    ObjectiveConf objective,
    TrainerConf trainer,
    EvaluateConf evaluate,
    MetricsConf metrics,
    PretrainConf pretrain) {
  private static final String DEFAULTS = "conf/defaults.yaml";
  private static final Set<String> MAY_CHANGE =
      Set.of(
          "run.folder",
          "run.steps",
          "run.keep_checkpoints",
          "run.keep_best.set",
          "run.keep_best.metric",
          "run.stop_when.set",
          "run.stop_when.metric",
          "run.stop_when.patience",
          "metrics.sinks",
          "metrics.mlflow.uri",
          "metrics.mlflow.experiment",
          "trainer.total_updates",
          "verifier.max_fault_share");
  private static final Schema SCHEMA = new Schema(Configuration.class);

  /** Refuses settings that do not fit together across sections. */
  public Configuration {
    int budget = sampler.thinkingTokens() + sampler.answerTokens();
    Check check = new Check();
    check
        .that(
            trainer.updatesPerStep() <= sampler.promptsPerStep(),
            "trainer.updates_per_step",
            trainer.updatesPerStep(),
            "must be <= sampler.prompts_per_step = " + sampler.promptsPerStep())
        .that(
            budget < model.maxPositions(),
            "model.max_positions",
            model.maxPositions(),
            "must be > sampler.thinking_tokens + sampler.answer_tokens = "
                + budget
                + ", to leave room for the prompt")
        .that(
            evaluate.every() == 0 || data.evalPath().isPresent() || !evaluate.sets().isEmpty(),
            "evaluate.every",
            evaluate.every(),
            "must be 0 while data.eval_path is null and evaluate.sets is empty")
        .that(
            evaluate.sets().isEmpty() || data.evalPath().isEmpty(),
            "data.eval_path",
            data.evalPath().orElse(null),
            "must be null while evaluate.sets names its files: make it one of them");
    List<EvaluationSet> evaluated =
        evaluate.every() == 0 ? List.of() : evaluate.resolved(data, verifier.name());
    requireFigure(check, "run.keep_best", run.keepBest().set(), run.keepBest().metric(), evaluated);
    requireFigure(check, "run.stop_when", run.stopWhen().set(), run.stopWhen().metric(), evaluated);
    try {
      Objective built = objective.build(budget, sampler.promptsPerStep());
      check.that(
          sampler.samples() >= 2 || !built.estimator().needsGroup(),
          "sampler.samples",
          sampler.samples(),
          "must be >= 2 with objective.name = "
              + built.estimator().name()
              + ", to form a baseline");
    } catch (InvalidInputException refused) {
      check.and(refused);
    }
    check.done();
  }

  /** Holds that a figure is made while the run trains. */
  private static void requireFigure(
      Check check,
      String key,
      Optional<String> set,
      Optional<String> metric,
      List<EvaluationSet> evaluated) {
    if (metric.isEmpty()) {
      return;
    }
    if (evaluated.isEmpty()) {
      check.that(false, key + ".metric", metric.get(), "must be null while evaluate.every = 0");
      return;
    }
    Optional<EvaluationSet> chosen = chosen(evaluated, set);
    check.that(
        chosen.isPresent(),
        key + ".set",
        set.orElse(null),
        "must be one of " + evaluated.stream().map(EvaluationSet::name).toList());
    chosen.ifPresent(
        one ->
            check.that(
                one.metrics().contains(metric.get()),
                key + ".metric",
                metric.get(),
                "must be one of " + one.metrics() + " with set " + one.name()));
  }

  private static Optional<EvaluationSet> chosen(List<EvaluationSet> sets, Optional<String> name) {
    return sets.stream().filter(set -> name.isEmpty() || name.get().equals(set.name())).findFirst();
  }

  /**
   * Reads the configuration: the defaults in the jar, then each text, then each {@code key=value};
   * the later wins.
   *
   * @param texts YAML texts, for example a run file
   * @param sets values from the command line, for example {@code trainer.learning_rate=1e-4}
   * @throws InvalidInputException with every unknown key, wrong type and violated rule
   */
  public static Configuration load(List<YamlText> texts, List<String> sets) {
    List<YamlText> sources = new ArrayList<>();
    sources.add(defaults());
    sources.addAll(texts);
    Check check = new Check();
    Map<String, JsonNode> values = new LinkedHashMap<>();
    for (YamlText source : sources) {
      try {
        values.putAll(source.settings());
      } catch (InvalidInputException refused) {
        check.and(refused);
      }
    }
    for (String set : sets) {
      int equals = set.indexOf('=');
      String key = set.substring(0, Math.max(0, equals)).strip();
      Setting setting = SCHEMA.settings().get(key);
      check.that(equals > 0, "--set", set, "must be key=value, for example run.steps=10");
      try {
        // An unknown key keeps its place in the map, so that it is refused with the others.
        values.put(
            key, setting == null ? NullNode.instance : setting.parse(set.substring(equals + 1)));
      } catch (InvalidInputException refused) {
        check.and(refused);
      }
    }
    check.done();
    return (Configuration) SCHEMA.bind(values);
  }

  /** These settings, but some as another configuration has them. */
  public Configuration with(Configuration other, Set<String> keys) {
    Map<String, JsonNode> values = settings();
    Map<String, JsonNode> others = other.settings();
    keys.forEach(key -> values.put(key, others.get(key)));
    return (Configuration) SCHEMA.bind(values);
  }

  /** Every setting by its key. */
  private Map<String, JsonNode> settings() {
    return new YamlText("the run's settings", toYaml()).settings();
  }

  /** Every setting by its key, the value as it is written in YAML, lists in one line. */
  public Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    settings().forEach((key, value) -> texts.put(key, YamlText.scalar(value)));
    return texts;
  }

  /**
   * The effective configuration: the format, and every key in the order of the records; reads back
   * as equal.
   */
  public String toYaml() {
    return RunFormat.KEY + ": " + RunFormat.NUMBER + "\n" + YamlText.write(SCHEMA.write(this));
  }

  /** SHA-256 of {@link #toYaml}, 64 lower-case hexadecimal digits. */
  public String digest() {
    return Sha256.of(toYaml());
  }

  /** The defaults that are packed into the jar. */
  public static YamlText defaults() {
    return resource(DEFAULTS);
  }

  /** A run file that is packed into the jar. */
  public static YamlText resource(String name) {
    ClassLoader loader = Configuration.class.getClassLoader();
    try (InputStream in = loader.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks " + name);
      }
      return new YamlText(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException unreadable) {
      throw new IllegalStateException("Cannot read " + name + " of the jar", unreadable);
    }
  }

  /**
   * What policies are evaluated on, in the order of the settings: {@code evaluate.sets}, or the one
   * set of {@code data.eval_path}; empty where there is neither.
   */
  public List<EvaluationSet> evaluationSets() {
    return evaluate.resolved(data, verifier.name());
  }

  /**
   * The evaluation set of a name; that of no name is the first.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public EvaluationSet evaluationSet(Optional<String> name) {
    return chosen(evaluationSets(), name).orElseThrow();
  }

  /** These settings for reading the examples of an evaluation set. */
  public Configuration forReading(EvaluationSet set) {
    List<String> sets = new ArrayList<>();
    sets.add("data.format=" + Setting.label(set.format()));
    // It says which examples to train on.
    sets.add("data.where=null");
    if (set.format() != DataSets.SPARK) {
      // What stands beside it need not fit its format.
      sets.addAll(List.of("data.path=null", "data.reader=null", "data.options=[]"));
      if (!evaluate.sets().isEmpty()) {
        sets.add("data.eval_path=null");
      }
      data.columns().given().keySet().forEach(part -> sets.add("data.columns." + part + "=null"));
    }
    set.verifier().ifPresent(name -> sets.add("verifier.name=" + name));
    return load(List.of(new YamlText("the run's settings", toYaml())), sets);
  }

  /** The objective; settings that do not fit together were refused when this was built. */
  public Objective objectiveOf() {
    return objective.build(
        sampler.thinkingTokens() + sampler.answerTokens(), sampler.promptsPerStep());
  }

  /**
   * Updates over which the learning rate runs its course: those of the whole run as it was meant
   * when it began, unless these settings give their number.
   *
   * @param started what the run was started with; it may go on for more steps than that
   */
  public long totalUpdates(Configuration started) {
    return trainer.totalUpdates() > 0
        ? trainer.totalUpdates()
        : Math.multiplyExact(started.run.steps(), (long) trainer.updatesPerStep());
  }

  /**
   * These settings for supervised pretraining: the same loop with one given rollout a prompt, the
   * supervised objective, and steps, updates and sequences as under {@code pretrain}.
   */
  public Configuration forPretraining() {
    int sequences = Math.multiplyExact(pretrain.sequencesPerUpdate(), pretrain.updatesPerStep());
    List<String> sets =
        List.of(
            "run.steps=" + pretrain.steps(),
            "sampler.prompts_per_step=" + sequences,
            "sampler.samples=1",
            "objective.name=sft",
            "objective.loss=null",
            "objective.regularisers=[]",
            "objective.importance_cap=0",
            "objective.kl=0",
            "objective.overlong.cache=0",
            "objective.dynamic_sampling.max_rounds=0",
            "trainer.updates_per_step=" + pretrain.updatesPerStep());
    return load(List.of(new YamlText("the run's settings", toYaml())), sets);
  }

  /**
   * Holds that a run is gone on with under the settings it was started with. Its length, what it
   * keeps and how many faults stop it may change.
   *
   * @param saved the run's {@code config.yaml}
   * @return the settings that differ, with their values now
   * @throws InvalidInputException naming every other setting that differs, with both values
   */
  public Map<String, String> requireResumable(YamlText saved) {
    // A setting that came after the run began had its default then.
    Map<String, JsonNode> before = load(List.of(saved), List.of()).settings();
    Map<String, JsonNode> now = settings();
    now.entrySet().removeIf(setting -> setting.getValue().equals(before.get(setting.getKey())));
    Check check = new Check();
    now.forEach(
        (key, value) ->
            check.that(
                MAY_CHANGE.contains(key),
                key,
                value,
                "the run was started with %s: resume with that, or start another by --name"
                    .formatted(before.get(key))));
    check.done();
    Map<String, String> changed = new TreeMap<>();
    now.forEach((key, value) -> changed.put(key, YamlText.scalar(value)));
    return changed;
  }
}
