package dev.kindling.plan;

import dev.kindling.conf.Configuration;
import dev.kindling.conf.SamplerConf;
import dev.kindling.conf.TrainerConf;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.model.Precision;
import dev.kindling.objective.SequenceLoss;

/**
 * The work of a step, as its settings divide it into tasks. Every rollout counts as being as long
 * as the mean.
 *
 * @param model shape of the policy
 * @param conf the settings
 * @param sample what is known of the prompts
 * @param completion tokens of a rationale and answer together, on average
 */
public record StepWork(ModelConfig model, Configuration conf, Sample sample, double completion) {
  /** Elements of the flat parameter vector. */
  public long parameters() {
    return ParameterLayout.of(model).size();
  }

  Precision precision() {
    return conf.model().precision();
  }

  private SamplerConf sampler() {
    return conf.sampler();
  }

  private TrainerConf trainer() {
    return conf.trainer();
  }

  /** Rollouts of a step. */
  long rollouts() {
    return (long) sampler().promptsPerStep() * sampler().samples();
  }

  int samples() {
    return sampler().samples();
  }

  int promptsPerTask() {
    return Math.min(sampler().promptsPerTask(), sampler().promptsPerStep());
  }

  int rolloutTasks() {
    return (sampler().promptsPerStep() + promptsPerTask() - 1) / promptsPerTask();
  }

  int updates() {
    return trainer().updatesPerStep();
  }

  int shards() {
    return trainer().shards();
  }

  int slices() {
    return trainer().slices();
  }

  long keptBytes() {
    return (long) trainer().keptActivationsMib() << 20;
  }

  /** Groups of rows that share their prompt; an example that does not fit one has several. */
  private double packsOfExample() {
    double room = Math.max(completion, trainer().microBatchTokens() - sample.promptTokens());
    return Math.max(1, Math.ceil(samples() * completion / room));
  }

  /** Rows of such a group. */
  double samplesOfPack() {
    return samples() / packsOfExample();
  }

  /** Such groups that the fullest shard of an update computes. */
  double packsOfShard() {
    double examples = (double) sampler().promptsPerStep() / updates();
    return Math.ceil(examples * packsOfExample() / shards());
  }

  private double packTokens() {
    return sample.promptTokens() + samplesOfPack() * completion;
  }

  /** Micro-batches of the fullest shard. */
  double microBatches() {
    double packs = Math.max(1, Math.floor(trainer().microBatchTokens() / packTokens()));
    return Math.ceil(packsOfShard() / packs);
  }

  /** Tokens of a micro-batch on average. */
  double microBatchTokens() {
    return packsOfShard() * packTokens() / microBatches();
  }

  /** Tokens of the largest micro-batch that memory must have room for. */
  long mostMicroBatchTokens() {
    double all = packsOfShard() * (sample.longestPrompt() + samplesOfPack() * budget());
    double one = (double) sample.longestPrompt() + budget();
    return (long) Math.max(one, Math.min(trainer().microBatchTokens(), all));
  }

  /** Most tokens of a completion. */
  int budget() {
    return sampler().thinkingTokens() + sampler().answerTokens();
  }

  /** Own positions of the cache at its fullest, and those of the prompts, of one rollout task. */
  long cachePositions(long prompts) {
    long own = budget() + (long) Math.ceil(sample.goldTokens());
    return prompts * (sample.longestPrompt() + samples() * own);
  }

  /** Forward passes besides those of the gradient: of other policies, and to see all first. */
  int scoringPasses() {
    SequenceLoss loss = conf.objectiveOf().loss();
    int reference = hasReference() ? 1 : 0;
    int before = loss.batchWide().isEmpty() ? 0 : 1 + reference;
    return reference + before + (loss.needsSampler() ? 1 : 0);
  }

  /** Whether the policy of step 0 is needed all along. */
  boolean hasReference() {
    return conf.objectiveOf().loss().needsReference();
  }
}
