package dev.kindling.engine.train;

import dev.kindling.check.Check;
import dev.kindling.engine.model.ModelConfig;
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
  // Larger micro-batches compute their activations twice: a third more time, the same bits.
  private static final long KEPT_BYTES = 1L << 30;

  private final Program program;
  private final long keptBytes;

  /** A trainer; close it when no thread uses it any more. */
  public Trainer() {
    this(KEPT_BYTES);
  }

  Trainer(long keptBytes) {
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
    Weights sums = Weights.allocate(config);
    try (Scope scope = new Scope()) {
      int positions = batches.stream().mapToInt(MicroBatch::width).max().orElse(1);
      RotaryTable table = scope.own(RotaryTable.of(config, positions));
      Model policy = Model.of(config, weights.tensors(), table, scope);
      Model anchor =
          loss.needsReference() ? Model.of(config, reference.tensors(), table, scope) : null;
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
    boolean keep = keptBytes(batch, policy.config()) <= keptBytes;
    try (Pass pass = Pass.training(program, policy, batch, keep)) {
      BatchLoss evaluated =
          BatchLoss.of(batch, pass.logprobs().floats(), pass.entropies().floats(), anchors, loss);
      if (evaluated.hasSlope()) {
        try (Tensor slopes = Tensor.of(evaluated.slopes(), batch.picks())) {
          pass.backward(slopes, total, Math.scalb(1.0, -evaluated.exponent()));
        }
      }
      return evaluated.statistics();
    }
  }

  /** About what the backward pass needs of all layers. */
  private static long keptBytes(MicroBatch batch, ModelConfig config) {
    long attention = 7L * config.heads() * config.headDim();
    long perToken = 4L * config.hidden() + attention + 4L * config.intermediate();
    return Float.BYTES * perToken * config.layers() * batch.sequences().size() * batch.width();
  }

  /** Gives the program back. */
  @Override
  public void close() {
    program.close();
  }
}
