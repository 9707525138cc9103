package dev.kindling.bench;

import dev.kindling.conf.Configuration;
import dev.kindling.conf.MachineConf;
import dev.kindling.conf.MachineConf.HostConf;
import dev.kindling.conf.MachineConf.ProcessorConf;
import dev.kindling.conf.MachineConf.StagesConf;
import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.RopeScaling;
import dev.kindling.plan.Passes;
import dev.kindling.run.Progress;
import java.io.IOException;
import java.util.Map;

/**
 * Measures what {@code plan} counts with. Each constant comes of a workload that has hardly
 * anything else in it, and what the constants before explain is taken off.
 */
public final class PlanBench {
  private static final String BASE = "conf/plan/cpu.yaml";
  private static final double MEGA = 1e6;
  private static final double GIGA = 1e9;

  /** Passes of a gradient, in forward passes. */
  private static final int TRAINING_PASSES = 3;

  // Many layers of no arithmetic; a vocabulary over no layers; an embedding to fetch, sum and
  // update.
  private static final BenchModel DEEP = new BenchModel("deep", shape(300, 64));
  private static final BenchModel WIDE = new BenchModel("wide", shape(32_768, 1));
  private static final BenchModel LARGE = new BenchModel("large", shape(1 << 20, 1));
  private static final BenchModel TINY = new BenchModel("tiny", shape(300, 1));

  private final StageBench bench;
  private final Progress progress;

  /**
   * Measures in a bench.
   *
   * @param progress shown while whole steps run
   */
  public PlanBench(StageBench bench, Progress progress) {
    this.bench = bench;
    this.progress = progress;
  }

  private static ModelConfig shape(int vocab, int layers) {
    return new ModelConfig(
        vocab, 8, layers, 2, 1, 4, 16, 256, 1e4, RopeScaling.NONE, 1e-6, true, false, true);
  }

  private static Workload work(
      BenchModel model, int prompts, int samples, int promptTokens, int answerTokens) {
    return new Workload(model, Precision.FLOAT32, prompts, samples, promptTokens, answerTokens);
  }

  /** The machine of this session; its network is that of the file in the jar. */
  public MachineConf measure() throws IOException {
    HostConf base = MachineConf.read(Configuration.resource(BASE)).host();
    Floor floor = bench.floor();
    Workload deep = work(DEEP, 1, 1, 16, 32);
    double layerSeconds = rollout(deep) / (passes(deep) * DEEP.config().layers());
    Workload wide = work(WIDE, 1, 8, 16, 64);
    double draws = drawn(wide) / (rollout(wide) - passes(wide) * layerSeconds);
    BenchModel small = BenchModel.named("small");
    Shares shares =
        shares(floor, work(small, 8, 1, 64, 1), work(small, 8, 8, 64, 64), layerSeconds, draws);
    WeightRates rates = bench.weightRates(LARGE);
    double summed = summed(rates.update());
    StagesConf stages = stages();
    return new MachineConf(
        new ProcessorConf(
            MachineConf.Kind.CPU,
            floor.float32Flops() / GIGA,
            floor.bfloat16Flops() / GIGA,
            Arithmetic.of(Precision.BFLOAT16, Device.CPU).bytes(),
            floor.bytesPerSecond() / GIGA,
            0,
            shares.prefill(),
            shares.decode(),
            trainShare(floor, work(small, 4, 8, 64, 128), layerSeconds, summed),
            layerSeconds * MEGA),
        new HostConf(
            draws / MEGA,
            rates.load() / MEGA,
            bench.tasks() * rates.load() / MEGA,
            base.networkMbytes(),
            summed / MEGA,
            rates.update() / MEGA),
        stages);
  }

  private double rollout(Workload work) throws IOException {
    return bench.rollout(work).rolloutSeconds().median();
  }

  /** Passes of a rollout task: its prompts, its tokens and y*. */
  private static double passes(Workload work) {
    return 2.0 + work.answerTokens();
  }

  /** Logits that a rollout task draws from. */
  private static double drawn(Workload work) {
    return (double) work.rows() * work.answerTokens() * work.model().config().vocab();
  }

  /** Shares of the floor that both kinds of passes reach. */
  private record Shares(double prefill, double decode) {}

  /** Two workloads, one mostly of prompts and one mostly of tokens, give two equations. */
  private Shares shares(
      Floor floor, Workload prompts, Workload tokens, double layerSeconds, double draws)
      throws IOException {
    double[] read = equation(floor, prompts, layerSeconds, draws);
    double[] drawn = equation(floor, tokens, layerSeconds, draws);
    double determinant = read[0] * drawn[1] - read[1] * drawn[0];
    double prefill = (read[2] * drawn[1] - read[1] * drawn[2]) / determinant;
    double decode = (read[0] * drawn[2] - read[2] * drawn[0]) / determinant;
    return new Shares(share(1 / prefill), share(1 / decode));
  }

  /** Least seconds of prompts and of tokens, and what both took. */
  private double[] equation(Floor floor, Workload work, double layerSeconds, double draws)
      throws IOException {
    Passes passes = floor.passes(work);
    double calls = passes(work) * work.model().config().layers() * layerSeconds;
    return new double[] {
      passes.prefill(work.prompts(), work.promptTokens()),
      passes.decode(work.prompts(), work.samples(), work.promptTokens(), work.answerTokens()),
      rollout(work) - calls - drawn(work) / draws
    };
  }

  private double trainShare(Floor floor, Workload work, double layerSeconds, double summed)
      throws IOException {
    double seconds = bench.train(work).gradientSeconds().median();
    // Each group of rows is a micro-batch.
    double calls = TRAINING_PASSES * work.prompts() * work.model().config().layers() * layerSeconds;
    double given = Float.BYTES * work.model().parameters() / summed;
    return share(floor.training(work) / (seconds - calls - given));
  }

  // A machine that others use may look faster than its floor was.
  private static double share(double measured) {
    return measured > 0 && measured < 1 ? measured : 1;
  }

  /** Gradient bytes a second and core out of the shuffle: what tasks took beside the update. */
  private double summed(double update) throws IOException {
    Measured measured = bench.train(work(LARGE, 1, 2, 8, 8));
    double seconds =
        Spread.of(
                measured.spans().stream()
                    .map(span -> span.taskSeconds() - span.gradientSeconds())
                    .toList())
            .median();
    double bytes = Float.BYTES * LARGE.parameters();
    return bench.tasks() * bytes / (seconds - WeightRates.ARRAYS * bytes / update);
  }

  private StagesConf stages() throws IOException {
    Workload few = work(TINY, 4, 2, 16, 4);
    Workload many = work(TINY, 32, 16, 16, 4);
    Map<String, Spread> small = bench.steps(few, progress).get(1).seconds();
    Map<String, Spread> large = bench.steps(many, progress).get(1).seconds();
    double rows = 0;
    for (String stage : new String[] {"score", "weigh", "batch", StepBench.REST}) {
      rows += large.get(stage).median() - small.get(stage).median();
    }
    return new StagesConf(
        small.get("rollout").median(),
        small.get("score").median(),
        small.get("weigh").median(),
        small.get("batch").median(),
        small.get("step").median(),
        small.get(StepBench.REST).median(),
        Math.max(0, MEGA * rows / (many.rows() - few.rows())));
  }
}
