package dev.kindling.engine.train;

import dev.kindling.engine.model.Program;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import dev.kindling.objective.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** One micro-batch on its way through the training program: forward, then perhaps backward. */
final class Pass implements AutoCloseable {
  // A chunk's logits take at most 64 MiB, and the head's products still run at full speed.
  private static final int CHUNK_FLOATS = 1 << 24;

  private final Scope scope = new Scope();
  private final Program program;
  private final List<Value> common;
  private final Value kept;
  private final List<Tensor> results;
  private final boolean proxied;

  private Pass(
      Program program, Model model, MicroBatch batch, ProxyPolicy proxy, int inputs, int kept) {
    this.program = program;
    this.proxied = proxy.noise().isPresent();
    this.kept = own(Value.of((long) kept));
    this.common =
        List.of(
            tensor(model, batch.ids()),
            tensor(model, batch.positions()),
            own(Value.of(batch.runs())),
            tensor(model, batch.slots()),
            tensor(model, batch.places()),
            tensor(model, batch.targets()),
            model.weights(),
            model.cos(),
            model.sin(),
            own(Value.of(model.config().normEps())),
            own(Value.of(model.config().qkvBias())),
            own(Value.of(model.config().qkNorm())),
            own(model.arithmetic().numbers()),
            own(Value.of((long) Math.max(1, CHUNK_FLOATS / model.config().vocab()))),
            own(Value.of(proxy.noise().map(Proxy::kappa).orElse(0.0))),
            own(Value.of(proxy.noise().map(Proxy::tau).orElse(0.0))),
            own(Value.of(proxy.hidden())),
            own(Value.of(proxy.head())),
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
    return new Pass(program, model, batch, ProxyPolicy.NONE, 0, 0);
  }

  /**
   * The forward pass of a policy that {@link #backward} follows.
   *
   * @param proxy where the proxy distribution comes from
   * @param kept of how many layers what they computed is kept, 0 to all; {@link #backward} computes
   *     the others again, to the same bits
   */
  static Pass training(
      Program program, Model model, MicroBatch batch, ProxyPolicy proxy, int kept) {
    return new Pass(program, model, batch, proxy, model.config().layers(), kept);
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

  /** Log-prob of each pick's token under the proxy (picks); empty without one. */
  Optional<Tensor> proxyLogprobs() {
    return proxied ? Optional.of(results.get(2)) : Optional.empty();
  }

  /** KL(proxy ‖ policy) at each pick, in nats (picks); empty without a proxy. */
  Optional<Tensor> proxyDivergences() {
    return proxied ? Optional.of(results.get(3)) : Optional.empty();
  }

  /** The normalised hidden states that the output layer reads (picks, hidden). */
  Tensor hidden() {
    return results.get(results.size() - 1);
  }

  /**
   * Adds {@code scale} times the gradient of Σ slope · score to {@code sums}. It can be called
   * once: what the layers computed is given back on the way.
   *
   * @param slopes slopes by log-prob of each pick (1, picks), or by log-prob, entropy and KL(proxy
   *     ‖ policy) (3, picks), of the model's type
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
