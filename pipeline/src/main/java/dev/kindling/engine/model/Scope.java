package dev.kindling.engine.model;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/**
 * Owns native memory and gives it back, newest first, when it is closed. One scope per step or
 * sample; what must outlive it belongs to another.
 */
public final class Scope implements AutoCloseable {
  private final Deque<Runnable> owned = new ArrayDeque<>();

  /** Takes {@code resource} over and returns it. */
  public Tensor own(Tensor resource) {
    owned.push(resource::close);
    return resource;
  }

  /** Takes {@code resource} over and returns it. */
  public Value own(Value resource) {
    owned.push(resource::close);
    return resource;
  }

  /** An argument of type {@code Tensor}: a copy of elements on a device, owned by this scope. */
  public Value tensor(Device device, long[] elements, long... shape) {
    try (Tensor here = Tensor.of(elements, shape);
        Tensor there = here.on(device)) {
      return own(Value.of(there));
    }
  }

  /** Takes {@code resource} over and returns it. */
  public RotaryTable own(RotaryTable resource) {
    owned.push(resource::close);
    return resource;
  }

  /** Takes every element of {@code resources} over and returns them. */
  public <C extends Collection<Tensor>> C own(C resources) {
    resources.forEach(this::own);
    return resources;
  }

  /** Gives everything back. */
  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().run();
    }
  }
}
