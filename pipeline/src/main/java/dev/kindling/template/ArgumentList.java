package dev.kindling.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arguments of a call as they are written. */
final class ArgumentList {
  /** Puts the values of one written argument where they belong. */
  @FunctionalInterface
  private interface Part {
    void add(Rendering rendering, List<Object> positional, Map<String, Object> named);
  }

  private final List<Part> parts = new ArrayList<>();

  void add(Expression value) {
    parts.add((r, positional, named) -> positional.add(value.value(r)));
  }

  void add(String name, Expression value) {
    parts.add((r, positional, named) -> named.put(name, value.value(r)));
  }

  /** {@code *values}. */
  void spread(Expression values) {
    parts.add((r, positional, named) -> positional.addAll(r.python().list(values.value(r))));
  }

  /** {@code **values}. */
  void spreadNamed(Expression values) {
    parts.add(
        (r, positional, named) -> {
          if (!(values.value(r) instanceof Map<?, ?> map)) {
            throw new TemplateFault("spreads what is no dictionary with **");
          }
          map.forEach((name, value) -> named.put(r.python().text(name), value));
        });
  }

  Arguments evaluate(Rendering rendering, String function) {
    List<Object> positional = new ArrayList<>(parts.size());
    Map<String, Object> named = new LinkedHashMap<>();
    parts.forEach(part -> part.add(rendering, positional, named));
    return new Arguments(function, positional, named);
  }
}
