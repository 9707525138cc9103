package dev.kindling.engine.train;

import dev.kindling.check.Check;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Program;
import dev.kindling.engine.model.RotaryTable;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import dev.kindling.engine.model.Weights;
import dev.kindling.objective.TokenLoss;
import java.util.Arrays;
import java.util.List;

/**
 * Computes the gradient of a loss over sequences. One trainer serves any number of threads, which
 * may share weights: these are only read. The same arguments give the same bits on processors of
 * one type.
 */
public final class Trainer implements AutoCloseable {
  private final Program program;
  private final Precision precision;
  private final long keptBytes;

  /**
   * A trainer; close it when no thread uses it any more.
   *
   * @param precision which numbers the large matrix products multiply
   * @param keptBytes most bytes of a micro-batch's activations that are kept for its backward pass;
   *     layers beyond it are computed twice, to the same bits
   */
  public Trainer(Precision precision, long keptBytes) {
    this.precision = precision;
    this.keptBytes = keptBytes;
    this.program = Program.load("layers.torchscript", "training.torchscript");
  }

  /**
   * The gradient of the sum of {@code loss} over all trained tokens of all micro-batches. A token
   * of the completion is trained on when its coefficient is not 0, or when the loss needs the
   * reference and the sequence's token scale is not 0.
   *
   * @param weights the policy being trained
   * @param reference the reference policy, of the same shape; null unless the loss needs it
   * @param microBatches sequences that are computed together; how they are split changes the
   *     gradient by rounding only
   * @param loss the loss of one token
   * @return the gradient, which the caller closes
   * @throws dev.kindling.check.InvalidInputException naming a sequence that is longer than the
   *     model's positions or has a token outside of its vocabulary
   */
  public ShardGradient gradient(
      Weights weights, Weights reference, List<List<Sequence>> microBatches, TokenLoss loss) {
    ModelConfig config = weights.config();
    new Check()
        .that(
            !loss.needsReference() || (reference != null && reference.config().equals(config)),
            "reference policy",
            reference == null ? "none" : reference.config(),
            "must have the policy's shape, because the loss needs it")
        .done();
    List<MicroBatch> batches =
        microBatches.stream()
            .map(rows -> MicroBatch.of(rows, loss.needsReference(), config))
            .filter(batch -> batch.picks() > 0)
            .toList();
    Weights sums = Weights.allocate(config, weights.device());
    try (Scope scope = new Scope()) {
      int positions = batches.stream().mapToInt(MicroBatch::positionsNeeded).max().orElse(1);
      RotaryTable table = scope.own(RotaryTable.of(config, positions, weights.device()));
      Model policy = Model.of(config, precision, weights.tensors(), table, scope);
      Model anchor =
          loss.needsReference()
              ? Model.of(config, precision, reference.tensors(), table, scope)
              : null;
      Value total = scope.own(Value.of(sums.tensors()));
      GradientStatistics statistics = GradientStatistics.NONE;
      for (MicroBatch batch : batches) {
        statistics = statistics.plus(add(batch, policy, anchor, loss, total));
      }
      return new ShardGradient(sums, statistics);
    } catch (RuntimeException e) {
      sums.close();
      throw e;
    }
  }

  private GradientStatistics add(
      MicroBatch batch, Model policy, Model reference, TokenLoss loss, Value total) {
    float[] anchors = new float[batch.picks()];
    Arrays.fill(anchors, Float.NaN);
    if (reference != null) {
      try (Pass pass = Pass.scoring(program, reference, batch)) {
        anchors = pass.logprobs().floats();
      }
    }
    try (Pass pass =
        Pass.training(program, policy, batch, keptLayers(batch.tokens(), policy.config()))) {
      BatchLoss evaluated =
          BatchLoss.of(batch, pass.logprobs().floats(), pass.entropies().floats(), anchors, loss);
      if (evaluated.hasSlope()) {
        try (Tensor here = Tensor.of(evaluated.slopes(), batch.picks());
            Tensor slopes = here.on(policy.device())) {
          pass.backward(slopes, total, Math.scalb(1.0, -evaluated.exponent()));
        }
      }
      return evaluated.statistics();
    }
  }

  /** Of how many layers all that the backward pass needs fits into the bound. */
  private int keptLayers(int tokens, ModelConfig config) {
    long factors = (long) (config.heads() + 2 * config.kvHeads()) * config.headDim();
    factors += 2L * config.intermediate();
    long wholes = 2L * config.hidden() + (long) config.heads() * (config.headDim() + 1);
    long bytesOfFactor = precision == Precision.BFLOAT16 ? Short.BYTES : Float.BYTES;
    long bytes = tokens * (factors * bytesOfFactor + wholes * Float.BYTES);
    return (int) Math.min(config.layers(), keptBytes / bytes);
  }

  /** Gives the program back. */
  @Override
  public void close() {
    program.close();
  }
}
