package dev.kindling.plan;

import dev.kindling.conf.MachineConf;
import dev.kindling.conf.MachineConf.HostConf;
import dev.kindling.conf.MachineConf.ProcessorConf;
import dev.kindling.conf.MachineConf.StagesConf;
import dev.kindling.engine.model.Precision;
import java.util.ArrayList;
import java.util.List;

/**
 * Seconds and bytes of a step, part by part, as a function of its work, the cluster and the
 * machine's constants. Equal tasks run in waves; parts of a step do not overlap.
 *
 * @param work the step
 * @param cluster what it runs on
 * @param machine what that can do
 */
public record StepPlan(StepWork work, Cluster cluster, MachineConf machine) {
  /** Master weights, and with both moments. */
  private static final double WEIGHT_BYTES = 4;

  private static final double CHECKPOINT_BYTES = 3 * WEIGHT_BYTES;

  /** A gradient costs two products for each of the forward pass. */
  private static final double GRADIENT_PASSES = 3;

  /** Tokens that the sampler reads of prompts in one call. */
  private static final double TOKENS_PER_CALL = 1024;

  private static final double GIGA = 1e9;
  private static final double MEGA = 1e6;
  private static final double MICRO = 1e-6;

  /** The parts of a step, in their order. */
  public List<StageCost> parts() {
    TableBytes tables = new TableBytes(work);
    StagesConf stages = machine.stages();
    double weights = WEIGHT_BYTES * work.parameters();
    double readers = Math.min(cluster.executors(), work.rolloutTasks());
    double updates = work.updates();
    double checkpoints = updates * CHECKPOINT_BYTES * work.parameters();
    // Policies between the updates of a step are fetched like its first.
    double fetched = (readers + (updates - 1) * trainers()) * weights;
    return List.of(
        new StageCost("fetch policy", fetch(), fetched, 0, 0),
        new StageCost("rollout", rollout(), tables.prompts(), tables.rollouts(), tables.prompts()),
        new StageCost(
            "score",
            stages.scoreSeconds(),
            tables.rollouts() + tables.prompts(),
            tables.scores(),
            tables.rollouts()),
        new StageCost("weigh", stages.weighSeconds(), tables.scores(), tables.weights(), 0),
        new StageCost(
            "batch",
            stages.batchSeconds(),
            tables.prompts() + tables.rollouts() + tables.weights(),
            tables.batches(),
            tables.rollouts() + tables.batches()),
        new StageCost("gradient", gradient(), tables.batches(), 0, tables.batches()),
        new StageCost("network", network(), 0, 0, 0),
        new StageCost("sum", sum(), 0, 0, updates * weights * work.shards()),
        new StageCost("update", update(), checkpoints, checkpoints, 0),
        new StageCost(
            "rest",
            stages.restSeconds() + MICRO * stages.rowMicros() * work.rollouts(),
            tables.rollouts() + tables.scores() + tables.weights(),
            tables.prompts(),
            0));
  }

  /** All parts together, one after the other. */
  public double seconds() {
    return parts().stream().mapToDouble(StageCost::seconds).sum();
  }

  /** Sentences on settings that leave slots without work. */
  public List<String> idle() {
    List<String> sentences = new ArrayList<>();
    int slots = cluster.slots();
    int perTask = Math.max(1, work.conf().sampler().promptsPerStep() / slots);
    if (work.rolloutTasks() < slots && perTask < work.promptsPerTask()) {
      sentences.add(idle(work.rolloutTasks(), "sample", "sampler.prompts_per_task", perTask));
    }
    if (work.shards() < slots) {
      sentences.add(idle(work.shards(), "compute gradients", "trainer.shards", slots));
    }
    if (work.slices() < slots) {
      sentences.add(idle(work.slices(), "update", "trainer.slices", slots));
    }
    return sentences;
  }

  private String idle(int tasks, String what, String setting, int value) {
    return "Idle: %d of %d tasks at once %s; %s: %d would keep all busy."
        .formatted(tasks, cluster.slots(), what, setting, value);
  }

  private double trainers() {
    return Math.min(cluster.executors(), work.shards());
  }

  private Passes passes() {
    ProcessorConf processor = machine.processor();
    boolean half = work.precision() == Precision.BFLOAT16;
    return new Passes(
        work.model(),
        new Speed(
            half ? processor.bfloat16Bytes() : WEIGHT_BYTES,
            processor.memoryGbytes() * GIGA,
            (half ? processor.bfloat16Gflops() : processor.float32Gflops()) * GIGA));
  }

  /** Seconds of so many passes beside their arithmetic. */
  private double calls(double passes) {
    return passes * work.model().layers() * machine.processor().layerMicros() * MICRO;
  }

  /** The weights into each executor, from a storage that all share; for each update anew. */
  private double fetch() {
    HostConf host = machine.host();
    double weights = WEIGHT_BYTES * work.parameters() / MEGA;
    double readers = Math.min(cluster.executors(), work.rolloutTasks());
    double first = Math.max(weights / host.loadMbytes(), readers * weights / host.storageMbytes());
    double later =
        Math.max(weights / host.loadMbytes(), trainers() * weights / host.storageMbytes());
    // The trainer loads what the sampler has fetched.
    return first + weights / host.loadMbytes() + (work.updates() - 1) * later;
  }

  private double rollout() {
    return machine.stages().rolloutSeconds() + cluster.waves(work.rolloutTasks()) * rolloutTask();
  }

  /** One rollout task: prompts, tokens and y*, and drawing the tokens on one core. */
  double rolloutTask() {
    ProcessorConf processor = machine.processor();
    Sample sample = work.sample();
    double prompts = work.promptsPerTask();
    double rows = prompts * work.samples();
    double prefill = passes().prefill(prompts, sample.promptTokens()) / processor.prefillShare();
    double decode =
        passes().decode(prompts, work.samples(), sample.promptTokens(), work.completion())
            / processor.decodeShare();
    double passes =
        Math.ceil(prompts * sample.promptTokens() / TOKENS_PER_CALL) + work.completion() + 1;
    double draws = rows * work.completion() * work.model().vocab();
    return prefill + decode + calls(passes) + draws / (machine.host().drawMillions() * MEGA);
  }

  private double gradient() {
    return work.updates()
        * (machine.stages().stepSeconds() + cluster.waves(work.shards()) * shard());
  }

  /** The gradient of one shard: layers that are not kept are computed twice. */
  double shard() {
    double forward =
        passes()
            .forward(
                work.packsOfShard(),
                work.samplesOfPack(),
                work.sample().promptTokens(),
                work.completion());
    double passes = GRADIENT_PASSES + work.scoringPasses() + recomputed();
    return passes * forward / machine.processor().trainShare()
        + calls(passes * work.microBatches());
  }

  /** Share of the layers that are computed again for the backward pass. */
  private double recomputed() {
    TaskMemory memory = new TaskMemory(work.model(), (int) passes().speed().numberBytes());
    double kept =
        Math.floor(
            (double) work.keptBytes() / memory.layer((long) Math.ceil(work.microBatchTokens())));
    return 1 - Math.min(1, kept / work.model().layers());
  }

  /** Gradients between executors; within one they are read where they lie. */
  private double network() {
    double share = 1.0 / cluster.executors();
    double received = WEIGHT_BYTES * work.parameters() * work.shards() * share * (1 - share);
    return work.updates() * received / (machine.host().networkMbytes() * MEGA);
  }

  /** Gradients into the shuffle, shard by shard, and out of it into the sum, slice by slice. */
  private double sum() {
    double bytes = WEIGHT_BYTES * work.parameters();
    double given = cluster.waves(work.shards()) * bytes;
    double taken = cluster.waves(work.slices()) * bytes * work.shards() / work.slices();
    return work.updates() * (given + taken) / (machine.host().sumMbytes() * MEGA);
  }

  private double update() {
    HostConf host = machine.host();
    double bytes = CHECKPOINT_BYTES * work.parameters();
    double cores =
        cluster.waves(work.slices()) * bytes / work.slices() / (host.updateMbytes() * MEGA);
    return work.updates() * Math.max(cores, 2 * bytes / (host.storageMbytes() * MEGA));
  }
}
