package dev.kindling.template;

import java.util.List;

/** What {@code cycler(…)} makes: gives its values in turn. */
final class Cycle {
  private final List<Object> values;
  private int at;

  Cycle(List<Object> values) {
    this.values = values;
  }

  /** An attribute; null where there is none of that name. */
  Object attribute(String name) {
    return switch (name) {
      case "current" -> values.get(at);
      case "next" ->
          (Callable)
              (r, a) -> {
                Object value = values.get(at);
                at = (at + 1) % values.size();
                return value;
              };
      case "reset" ->
          (Callable)
              (r, a) -> {
                at = 0;
                return None.NONE;
              };
      default -> null;
    };
  }
}
