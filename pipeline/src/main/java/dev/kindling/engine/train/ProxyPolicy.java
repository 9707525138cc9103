package dev.kindling.engine.train;

import dev.kindling.engine.model.Tensor;
import dev.kindling.objective.Proxy;
import java.util.List;
import java.util.Optional;

/**
 * Where a pass takes the proxy distribution from.
 *
 * @param noise what the proxy leaves out; empty without a proxy
 * @param hidden the other policy's hidden states of the picks (picks, hidden); empty where the
 *     proxy is made from the policy itself
 * @param head the other policy's output layer (vocabulary, hidden); empty likewise
 */
record ProxyPolicy(Optional<Proxy> noise, List<Tensor> hidden, List<Tensor> head) {
  /** No proxy. */
  static final ProxyPolicy NONE = new ProxyPolicy(Optional.empty(), List.of(), List.of());

  /** A proxy made from the policy itself, or none. */
  static ProxyPolicy ofItself(Optional<Proxy> noise) {
    return new ProxyPolicy(noise, List.of(), List.of());
  }
}
