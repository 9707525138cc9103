package dev.kindling.conf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kindling.check.Check;
import java.util.Map;

/**
 * What a machine can do, as {@code plan} counts with it: a file of its own, which {@code bench
 * --what plan} writes. {@code conf/plan/cpu.yaml} tells what each means and in which unit.
 *
 * @param processor what policies compute on
 * @param host cores, storage and network around it
 * @param stages seconds of a step's stages that do not come of their work
 */
public record MachineConf(ProcessorConf processor, HostConf host, StagesConf stages) {
  private static final Schema SCHEMA = new Schema(MachineConf.class);

  /** What policies compute on. */
  public enum Kind {
    /** Cores, each a Spark task of one thread. */
    CPU,
    /** GPUs, each of one Spark task. */
    GPU
  }

  /**
   * One core, or one GPU.
   *
   * @param kind which of both
   * @param float32Gflops products of float32 matrices at best, in 10^9 operations a second
   * @param bfloat16Gflops the same of bfloat16
   * @param bfloat16Bytes of a bfloat16 factor: 2, or 4 where such a processor widens it
   * @param memoryGbytes 10^9 bytes a second read from memory while all others read too
   * @param memoryGib a GPU's memory in GiB; 0 for cores
   * @param prefillShare of the best that reading prompts reaches
   * @param decodeShare of the best that sampling reaches
   * @param trainShare of the best that a gradient reaches
   * @param layerMicros microseconds of a layer's pass beside its arithmetic
   */
  public record ProcessorConf(
      Kind kind,
      double float32Gflops,
      double bfloat16Gflops,
      int bfloat16Bytes,
      double memoryGbytes,
      double memoryGib,
      double prefillShare,
      double decodeShare,
      double trainShare,
      double layerMicros) {
    /** Refuses values outside their ranges. */
    public ProcessorConf {
      Check check =
          new Check()
              .that(
                  bfloat16Bytes == 2 || bfloat16Bytes == 4,
                  "processor.bfloat16_bytes",
                  bfloat16Bytes,
                  "must be 2 or 4")
              .that(memoryGib >= 0, "processor.memory_gib", memoryGib, "must be >= 0")
              .that(
                  kind == Kind.CPU || memoryGib > 0,
                  "processor.memory_gib",
                  memoryGib,
                  "must be > 0 with processor.kind = gpu")
              .that(layerMicros >= 0, "processor.layer_micros", layerMicros, "must be >= 0");
      positive(check, "processor.float32_gflops", float32Gflops);
      positive(check, "processor.bfloat16_gflops", bfloat16Gflops);
      positive(check, "processor.memory_gbytes", memoryGbytes);
      share(check, "processor.prefill_share", prefillShare);
      share(check, "processor.decode_share", decodeShare);
      share(check, "processor.train_share", trainShare);
      check.done();
    }
  }

  /**
   * Cores, storage and network. A core means one Spark task; megabytes are 10^6 bytes.
   *
   * @param drawMillions million logits that a core turns into draws in a second
   * @param loadMbytes a second of weights from storage into one executor's memory
   * @param storageMbytes a second that storage gives to all executors together, or takes
   * @param networkMbytes a second between executors, of one executor and direction
   * @param sumMbytes a second and core of gradients, on either side of the shuffle
   * @param updateMbytes a second and core of a checkpoint through the optimizer: read, written anew
   */
  public record HostConf(
      double drawMillions,
      double loadMbytes,
      double storageMbytes,
      double networkMbytes,
      double sumMbytes,
      double updateMbytes) {
    /** Refuses values outside their ranges. */
    public HostConf {
      Check check = new Check();
      positive(check, "host.draw_millions", drawMillions);
      positive(check, "host.load_mbytes", loadMbytes);
      positive(check, "host.storage_mbytes", storageMbytes);
      positive(check, "host.network_mbytes", networkMbytes);
      positive(check, "host.sum_mbytes", sumMbytes);
      positive(check, "host.update_mbytes", updateMbytes);
      check.done();
    }
  }

  /**
   * Wall seconds that stages take whatever their work is, of steps that follow on others.
   *
   * @param rolloutSeconds of the rollout stage
   * @param scoreSeconds of the score stage
   * @param weighSeconds of the weigh stage
   * @param batchSeconds of the batch stage
   * @param stepSeconds of each gradient update
   * @param restSeconds of drawing prompts, metrics and the commit
   * @param rowMicros microseconds of a rollout in all tables together
   */
  public record StagesConf(
      double rolloutSeconds,
      double scoreSeconds,
      double weighSeconds,
      double batchSeconds,
      double stepSeconds,
      double restSeconds,
      double rowMicros) {
    /** Refuses values outside their ranges. */
    public StagesConf {
      Check check = new Check();
      notNegative(check, "stages.rollout_seconds", rolloutSeconds);
      notNegative(check, "stages.score_seconds", scoreSeconds);
      notNegative(check, "stages.weigh_seconds", weighSeconds);
      notNegative(check, "stages.batch_seconds", batchSeconds);
      notNegative(check, "stages.step_seconds", stepSeconds);
      notNegative(check, "stages.rest_seconds", restSeconds);
      notNegative(check, "stages.row_micros", rowMicros);
      check.done();
    }
  }

  /**
   * Reads a machine, which must have every key.
   *
   * @throws dev.kindling.check.InvalidInputException with every unknown or missing key, wrong type
   *     and violated rule
   */
  public static MachineConf read(YamlText text) {
    Map<String, JsonNode> values = text.settings();
    return (MachineConf) SCHEMA.bind(values);
  }

  /** This machine, but with so much memory on a GPU, in GiB. */
  public MachineConf withGpuMemory(double gib) {
    ProcessorConf p = processor;
    return new MachineConf(
        new ProcessorConf(
            p.kind,
            p.float32Gflops,
            p.bfloat16Gflops,
            p.bfloat16Bytes,
            p.memoryGbytes,
            gib,
            p.prefillShare,
            p.decodeShare,
            p.trainShare,
            p.layerMicros),
        host,
        stages);
  }

  /** This machine, but with a network of so many megabytes a second. */
  public MachineConf withNetwork(double mbytes) {
    HostConf h = host;
    return new MachineConf(
        processor,
        new HostConf(
            h.drawMillions, h.loadMbytes, h.storageMbytes, mbytes, h.sumMbytes, h.updateMbytes),
        stages);
  }

  /** The machine as {@link #read} takes it. */
  public String toYaml() {
    return YamlText.write(SCHEMA.write(this));
  }

  private static void positive(Check check, String key, double value) {
    check.that(value > 0, key, value, "must be > 0");
  }

  private static void notNegative(Check check, String key, double value) {
    check.that(value >= 0, key, value, "must be >= 0");
  }

  private static void share(Check check, String key, double value) {
    check.that(value > 0 && value <= 1, key, value, "must be in (0, 1]");
  }
}
