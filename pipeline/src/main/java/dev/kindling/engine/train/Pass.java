package dev.kindling.engine.train;

import dev.kindling.engine.model.Program;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import java.util.List;

/** One micro-batch on its way through the training program: forward, then perhaps backward. */
final class Pass implements AutoCloseable {
  // A chunk's logits take at most 64 MiB, and the head's products still run at full speed.
  private static final int CHUNK_FLOATS = 1 << 24;

  private final Scope scope = new Scope();
  private final Program program;
  private final Model model;
  private final Value ids;
  private final Value picks;
  private final Value targets;
  private final Value eps;
  private final Value biases;
  private final Value norms;
  private final Value chunk;
  private final List<Tensor> results;

  private Pass(Program program, Model model, MicroBatch batch, boolean keep, boolean gradients) {
    this.program = program;
    this.model = model;
    this.ids =
        own(Value.of(scope.own(Tensor.of(batch.ids(), batch.sequences().size(), batch.width()))));
    this.picks = own(Value.of(scope.own(Tensor.of(batch.places(), batch.picks()))));
    this.targets = own(Value.of(scope.own(Tensor.of(batch.targets(), batch.picks()))));
    this.eps = own(Value.of(model.config().normEps()));
    this.biases = own(Value.of(model.config().qkvBias()));
    this.norms = own(Value.of(model.config().qkNorm()));
    this.chunk = own(Value.of((long) Math.max(1, CHUNK_FLOATS / model.config().vocab())));
    this.results = forward(own(Value.of(keep)), gradients);
  }

  /** The forward pass of a policy whose log-probs are wanted, and nothing else. */
  static Pass scoring(Program program, Model model, MicroBatch batch) {
    return new Pass(program, model, batch, false, false);
  }

  /**
   * The forward pass of a policy that {@link #backward} follows.
   *
   * @param keep whether what the layers computed is kept, or made again by {@link #backward}
   */
  static Pass training(Program program, Model model, MicroBatch batch, boolean keep) {
    return new Pass(program, model, batch, keep, true);
  }

  private Value own(Value value) {
    return scope.own(value);
  }

  private List<Tensor> forward(Value keep, boolean gradients) {
    Value[] arguments = {
      ids,
      picks,
      targets,
      model.weights(),
      model.cos(),
      model.sin(),
      eps,
      biases,
      norms,
      keep,
      chunk
    };
    try {
      Value result =
          gradients
              ? program.runWithGradients("forward", arguments)
              : program.run("forward", arguments);
      return scope.own(own(result).tensors());
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /** Log-prob of each pick's token, in nats (picks). */
  Tensor logprobs() {
    return results.get(0);
  }

  /** Entropy of the policy at each pick, in nats (picks). */
  Tensor entropies() {
    return results.get(1);
  }

  /**
   * Adds {@code scale} times the gradient of Σ slope · log-prob to {@code sums}.
   *
   * @param slopes slope of each pick (picks), of the model's type
   * @param sums a list of tensors shaped as the model's parameters
   */
  void backward(Tensor slopes, Value sums, double scale) {
    Value state = own(Value.of(results.subList(2, results.size())));
    own(
        program.runWithGradients(
            "backward",
            ids,
            picks,
            targets,
            own(Value.of(slopes)),
            state,
            model.weights(),
            sums,
            model.cos(),
            model.sin(),
            eps,
            biases,
            norms,
            chunk,
            own(Value.of(scale))));
  }

  /** Gives everything back, the graph included. */
  @Override
  public void close() {
    scope.close();
  }
}
