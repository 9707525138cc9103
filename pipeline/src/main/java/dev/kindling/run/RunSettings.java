package dev.kindling.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kindling.conf.Configuration;
import dev.kindling.conf.EvaluationSet;
import dev.kindling.conf.SamplerConf;
import dev.kindling.conf.TrainerConf;
import dev.kindling.conf.VerifierConf;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.sample.SamplerSettings;
import dev.kindling.engine.train.AdamW;
import dev.kindling.engine.train.LearningRate;
import dev.kindling.engine.train.Optimizer;
import dev.kindling.engine.train.Sgd;
import dev.kindling.row.PromptRow;
import dev.kindling.stage.Score;
import dev.kindling.stage.SqlVerifiers;
import dev.kindling.stage.step.GradientStep;
import dev.kindling.stage.step.MismatchGate;
import dev.kindling.stage.weigh.BatchSettings;
import dev.kindling.udf.worker.WorkerLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the stages and the engine take of a run's configuration.
 *
 * @param conf the configuration
 * @param model the policy's shape, tokenizer and special tokens
 */
public record RunSettings(Configuration conf, RunModel model) {
  /** Bytes of a row in Spark's own format without its tokens. */
  private static final long ROW_BYTES = 512;

  /** Of a sampled token as text; few tokens of a vocabulary are longer. */
  private static final long TOKEN_TEXT_BYTES = 6;

  /** Whether rollouts are given by the data set, not sampled. */
  boolean isSupervised() {
    return conf.objectiveOf().estimator().isSupervised();
  }

  Precision precision() {
    return conf.model().precision();
  }

  public SamplerSettings training() {
    SamplerConf sampler = conf.sampler();
    return sampler(sampler.temperature(), sampler.topP(), sampler.samples());
  }

  SamplerSettings evaluation(EvaluationSet set) {
    return sampler(set.temperature(), set.topP(), set.samples());
  }

  /**
   * Who judges answers.
   *
   * @param verifier name of the verifier for all of them; empty leaves the choice to each prompt
   */
  Score.Judges judges(Optional<String> verifier) {
    return new Score.Judges(verifier.orElse(null), sqlVerifiers(conf), verifierLimits());
  }

  /** The verifiers of a configuration that are expressions of SQL. */
  static SqlVerifiers sqlVerifiers(Configuration conf) {
    Map<String, String> expressions = new LinkedHashMap<>();
    conf.verifier().own().forEach(own -> expressions.put(own.name(), own.sql()));
    Map<String, String> tables = new LinkedHashMap<>();
    conf.verifier().tables().forEach(table -> tables.put(table.name(), table.path()));
    return new SqlVerifiers(expressions, tables);
  }

  WorkerLimits verifierLimits() {
    VerifierConf.WorkerConf worker = conf.verifier().worker();
    return new WorkerLimits(worker.seconds(), worker.cpuSeconds(), worker.memoryMib());
  }

  private SamplerSettings sampler(double temperature, double topP, int samples) {
    SamplerConf sampler = conf.sampler();
    return new SamplerSettings(
        temperature,
        sampler.topK(),
        topP,
        sampler.minP(),
        samples,
        sampler.thinkingTokens(),
        sampler.answerTokens(),
        model.endOfThinking(),
        model.endOfSequence());
  }

  public BatchSettings batch() {
    TrainerConf trainer = conf.trainer();
    return new BatchSettings(
        trainer.updatesPerStep(),
        trainer.shards(),
        trainer.microBatchTokens(),
        model.shape().maxPositions());
  }

  public GradientStep gradientStep() {
    TrainerConf trainer = conf.trainer();
    return new GradientStep(
        conf.objectiveOf().loss(),
        optimizer(trainer),
        trainer.clipNorm(),
        gate(trainer),
        trainer.slices(),
        (long) trainer.keptActivationsMib() << 20,
        conf.run().seed());
  }

  private static Optimizer optimizer(TrainerConf trainer) {
    return switch (trainer.optimizer()) {
      case ADAMW ->
          new AdamW(trainer.beta1(), trainer.beta2(), trainer.epsilon(), trainer.weightDecay());
      case SGD -> new Sgd(trainer.weightDecay());
    };
  }

  private MismatchGate gate(TrainerConf trainer) {
    if (isSupervised()) {
      return MismatchGate.open(precision());
    }
    return switch (precision()) {
      case FLOAT32 ->
          new MismatchGate(precision(), trainer.maxLogprobGap(), trainer.maxMismatchK3());
      case BFLOAT16 ->
          new MismatchGate(
              precision(), trainer.maxLogprobGapBfloat16(), trainer.maxMismatchK3Bfloat16());
    };
  }

  LearningRate learningRate(long totalUpdates) {
    TrainerConf trainer = conf.trainer();
    return new LearningRate(
        trainer.schedule(),
        trainer.learningRate(),
        trainer.warmupUpdates(),
        totalUpdates,
        trainer.finalShare());
  }

  /**
   * Bytes of the largest table of a step: for each token of a sequence its id, its coefficient and
   * the sampler's log-prob, and for each sequence what a row has besides; or that of the rollouts.
   *
   * @param prompts the step's
   */
  long heldBytes(List<PromptRow> prompts) {
    SamplerSettings sampler = training();
    long budget = (long) sampler.thinkingTokens() + sampler.answerTokens();
    long tokens =
        prompts.stream().mapToLong(p -> p.promptIds().length + p.goldIds().length + budget).sum();
    long gold = prompts.stream().mapToLong(p -> p.goldIds().length).sum();
    long text = prompts.stream().mapToLong(p -> p.prompt().getBytes(UTF_8).length).sum();
    long batch = tokens * (Integer.BYTES + Double.BYTES + Float.BYTES) + prompts.size() * ROW_BYTES;
    return sampler.samples()
        * Math.max(batch, rollouts(sampler, prompts.size(), text) + gold * Float.BYTES);
  }

  /**
   * The same of an evaluation.
   *
   * @param prompts number of them
   * @param text bytes of them
   */
  long heldBytes(EvaluationSet set, long prompts, long text) {
    return set.samples() * rollouts(evaluation(set), prompts, text);
  }

  /** Bytes of a rollout of every prompt: tokens with two log-probs each, and the texts. */
  private static long rollouts(SamplerSettings sampler, long prompts, long text) {
    long tokens = (long) sampler.thinkingTokens() + sampler.answerTokens();
    return prompts * (tokens * (Integer.BYTES + 2 * Float.BYTES + TOKEN_TEXT_BYTES) + ROW_BYTES)
        + text;
  }
}
