package dev.kindling.engine.train;

import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Program;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One micro-batch on its way through the training program: forward, then perhaps backward. */
final class Pass implements AutoCloseable {
  // A chunk's logits take at most 64 MiB, and the head's products still run at full speed.
  private static final int CHUNK_FLOATS = 1 << 24;

  private final Scope scope = new Scope();
  private final Program program;
  private final List<Value> common;
  private final Value kept;
  private final List<Tensor> results;

  private Pass(Program program, Model model, MicroBatch batch, int inputs, int kept) {
    this.program = program;
    this.kept = own(Value.of((long) kept));
    this.common =
        List.of(
            tensor(model, batch.ids()),
            tensor(model, batch.positions()),
            own(Value.of(batch.starts())),
            own(Value.of(batch.shared())),
            tensor(model, batch.places()),
            tensor(model, batch.targets()),
            model.weights(),
            model.cos(),
            model.sin(),
            own(Value.of(model.config().normEps())),
            own(Value.of(model.config().qkvBias())),
            own(Value.of(model.config().qkNorm())),
            own(Value.of(model.precision() == Precision.BFLOAT16)),
            own(Value.of((long) Math.max(1, CHUNK_FLOATS / model.config().vocab()))),
            // What backward needs; the program fills and empties it, so nobody else holds it.
            own(Value.of(List.of())));
    try {
      this.results = scope.own(run("forward", own(Value.of((long) inputs)), this.kept).tensors());
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /** The forward pass of a policy whose log-probs are wanted, and nothing else. */
  static Pass scoring(Program program, Model model, MicroBatch batch) {
    return new Pass(program, model, batch, 0, 0);
  }

  /**
   * The forward pass of a policy that {@link #backward} follows.
   *
   * @param kept of how many layers what they computed is kept, 0 to all; {@link #backward} computes
   *     the others again, to the same bits
   */
  static Pass training(Program program, Model model, MicroBatch batch, int kept) {
    return new Pass(program, model, batch, model.config().layers(), kept);
  }

  private Value own(Value value) {
    return scope.own(value);
  }

  private Value tensor(Model model, long[] elements) {
    return scope.tensor(model.device(), elements, elements.length);
  }

  private Value run(String method, Value... more) {
    List<Value> arguments = new ArrayList<>(common);
    Collections.addAll(arguments, more);
    return own(program.run(method, arguments.toArray(Value[]::new)));
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
   * Adds {@code scale} times the gradient of Σ slope · log-prob to {@code sums}. It can be called
   * once: what the layers computed is given back on the way.
   *
   * @param slopes slope of each pick (picks), of the model's type
   * @param sums a list of tensors shaped as the model's parameters
   */
  void backward(Tensor slopes, Value sums, double scale) {
    run("backward", kept, own(Value.of(slopes)), sums, own(Value.of(scale)));
  }

  /** Gives everything back. */
  @Override
  public void close() {
    scope.close();
  }
}
