package dev.kindling.engine.train;

import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.Cancelled;
import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Program;
import dev.kindling.engine.model.RotaryTable;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import dev.kindling.engine.model.Weights;
import dev.kindling.objective.SequenceLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Computes the gradient of a loss over sequences. One trainer serves any number of threads, which
 * may share weights: these are only read. The same arguments give the same bits on processors of
 * one type.
 */
public final class Trainer implements AutoCloseable {
  private final Program program;
  private final Function<Device, Arithmetic> arithmetic;
  private final long keptBytes;

  /**
   * A trainer; close it when no thread uses it any more.
   *
   * @param precision which numbers the large matrix products multiply
   * @param keptBytes most bytes of a micro-batch's activations that are kept for its backward pass;
   *     layers beyond it are computed twice, to the same bits
   */
  public Trainer(Precision precision, long keptBytes) {
    this(device -> Arithmetic.of(precision, device), keptBytes);
  }

  Trainer(Function<Device, Arithmetic> arithmetic, long keptBytes) {
    this.arithmetic = arithmetic;
    this.keptBytes = keptBytes;
    this.program = Program.load("layers.torchscript", "training.torchscript");
  }

  /**
   * The gradient of the sum of {@code loss} over all trained tokens of all micro-batches. A token
   * of the completion is trained on when its coefficient is not 0, or when the loss trains on those
   * of 0 and the sequence's token scale is not 0.
   *
   * @param policies the policy being trained, and those that the loss needs besides
   * @param microBatches sequences that are computed together; how they are split changes the
   *     gradient by rounding only
   * @param loss the loss of one sequence
   * @return the gradient, which the caller closes
   * @throws dev.kindling.check.InvalidInputException naming a sequence that is longer than the
   *     model's positions or has a token outside of its vocabulary
   */
  public ShardGradient gradient(
      Policies policies, List<List<Sequence>> microBatches, SequenceLoss loss) {
    List<MicroBatch> batches = pack(policies, microBatches, loss);
    Weights sums = Weights.allocate(policies.trained().config(), policies.trained().device());
    try (Scope scope = new Scope()) {
      Models models = models(policies, batches, loss, scope);
      Value total = scope.own(Value.of(sums.tensors()));
      GradientStatistics statistics = GradientStatistics.NONE;
      for (MicroBatch batch : batches) {
        Cancelled.check();
        statistics = statistics.plus(add(batch, models, loss, total));
      }
      return new ShardGradient(sums, statistics);
    } catch (RuntimeException e) {
      sums.close();
      throw e;
    }
  }

  /**
   * What regularisers that see the whole batch first need to know of its tokens.
   *
   * @param policies as for {@link #gradient}
   * @param microBatches likewise
   * @param loss the loss of one sequence
   * @return a row for each sequence that has trained tokens
   */
  public List<SequenceSignals> signals(
      Policies policies, List<List<Sequence>> microBatches, SequenceLoss loss) {
    List<MicroBatch> batches = pack(policies, microBatches, loss);
    List<SequenceSignals> signals = new ArrayList<>();
    try (Scope scope = new Scope()) {
      Models models = models(policies, batches, loss, scope);
      for (MicroBatch batch : batches) {
        Cancelled.check();
        try (Pass pass = Pass.scoring(program, models.trained(), batch)) {
          PickScores scores = PickScores.of(pass, reference(batch, models));
          signals.addAll(SequenceSignals.of(batch, scores, loss));
        }
      }
    }
    return signals;
  }

  private static List<MicroBatch> pack(
      Policies policies, List<List<Sequence>> microBatches, SequenceLoss loss) {
    policies.check(loss);
    return microBatches.stream()
        .map(
            rows ->
                MicroBatch.of(rows, loss.trainsOnZeroCoefficients(), policies.trained().config()))
        .filter(batch -> batch.picks() > 0)
        .toList();
  }

  /**
   * The policies as arguments of the program.
   *
   * @param trained the policy being trained
   * @param reference the reference policy; empty without one
   * @param sampler the policy that sampled; empty unless a proxy is made from it
   * @param samplerHead its output layer; empty likewise
   */
  private record Models(
      Model trained,
      Optional<Model> reference,
      Optional<Model> sampler,
      List<Tensor> samplerHead) {}

  private Models models(
      Policies policies, List<MicroBatch> batches, SequenceLoss loss, Scope scope) {
    ModelConfig config = policies.trained().config();
    int positions = batches.stream().mapToInt(MicroBatch::positionsNeeded).max().orElse(1);
    Device device = policies.trained().device();
    RotaryTable table = scope.own(RotaryTable.of(config, positions, device));
    Function<Weights, Model> model =
        weights -> Model.of(config, arithmetic.apply(device), weights.tensors(), table, scope);
    Optional<Weights> sampler = policies.sampler().filter(any -> loss.needsSampler());
    return new Models(
        model.apply(policies.trained()),
        policies.reference().filter(any -> loss.needsReference()).map(model),
        sampler.map(model),
        sampler.map(Trainer::head).stream().toList());
  }

  /** The output layer (vocabulary, hidden), which may be the embedding. */
  private static Tensor head(Weights weights) {
    List<Tensor> tensors = weights.tensors();
    return tensors.get(weights.config().tiedHead() ? 0 : tensors.size() - 1);
  }

  private Optional<float[]> reference(MicroBatch batch, Models models) {
    return models
        .reference()
        .map(
            reference -> {
              try (Pass pass = Pass.scoring(program, reference, batch)) {
                return pass.logprobs().floats();
              }
            });
  }

  private GradientStatistics add(MicroBatch batch, Models models, SequenceLoss loss, Value total) {
    Optional<float[]> reference = reference(batch, models);
    if (models.sampler().isEmpty()) {
      return add(batch, models, reference, ProxyPolicy.ofItself(loss.proxy()), loss, total);
    }
    try (Pass sampler = Pass.scoring(program, models.sampler().get(), batch)) {
      ProxyPolicy proxy =
          new ProxyPolicy(loss.proxy(), List.of(sampler.hidden()), models.samplerHead());
      return add(batch, models, reference, proxy, loss, total);
    }
  }

  private GradientStatistics add(
      MicroBatch batch,
      Models models,
      Optional<float[]> reference,
      ProxyPolicy proxy,
      SequenceLoss loss,
      Value total) {
    Model policy = models.trained();
    int kept = keptLayers(batch.tokens(), policy);
    try (Pass pass = Pass.training(program, policy, batch, proxy, kept)) {
      BatchLoss evaluated = BatchLoss.of(batch, PickScores.of(pass, reference), loss);
      if (evaluated.hasSlope()) {
        int kinds = evaluated.slopes().length / batch.picks();
        try (Tensor here = Tensor.of(evaluated.slopes(), kinds, batch.picks());
            Tensor slopes = here.on(policy.device())) {
          pass.backward(slopes, total, Math.scalb(1.0, -evaluated.exponent()));
        }
      }
      return evaluated.statistics();
    }
  }

  /** Of how many layers all that the backward pass needs fits into the bound. */
  private int keptLayers(int tokens, Model policy) {
    long bytes = tokens * keptBytesPerToken(policy.config(), policy.arithmetic().bytes());
    return (int) Math.min(policy.config().layers(), keptBytes / bytes);
  }

  /**
   * Bytes of what one layer computed of one token that its backward pass needs.
   *
   * @param factorBytes bytes of one factor of a product
   */
  public static long keptBytesPerToken(ModelConfig config, int factorBytes) {
    long factors = 2L * (config.heads() + config.kvHeads()) * config.headDim();
    factors += 2L * config.intermediate();
    long wholes = 2L * config.hidden();
    return factors * factorBytes + wholes * Float.BYTES;
  }

  /** Gives the program back. */
  @Override
  public void close() {
    program.close();
  }
}
