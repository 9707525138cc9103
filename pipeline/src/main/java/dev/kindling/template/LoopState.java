package dev.kindling.template;

import java.util.List;

/** The variable {@code loop} of a {@code for} block. */
final class LoopState {
  private final List<Object> elements;
  private final int depth;
  private final Callable recursion;
  private int index;
  private Object lastChecked = Undefined.name("nothing");

  /**
   * Before the first element.
   *
   * @param depth how many recursive loops stand around, 0-based
   * @param recursion renders the loop for other elements; null unless it is recursive
   */
  LoopState(List<Object> elements, int depth, Callable recursion) {
    this.elements = elements;
    this.depth = depth;
    this.recursion = recursion;
  }

  void moveTo(int place) {
    index = place;
  }

  Callable recursion() {
    if (recursion == null) {
      throw new TemplateFault("calls a loop that is not recursive");
    }
    return recursion;
  }

  int depth() {
    return depth;
  }

  /** An attribute; null where there is none of that name. */
  Object attribute(Rendering r, String name) {
    int size = elements.size();
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) size - index;
      case "revindex0" -> size - index - 1L;
      case "first" -> index == 0;
      case "last" -> index == size - 1;
      case "length" -> (long) size;
      case "depth" -> depth + 1L;
      case "depth0" -> (long) depth;
      case "previtem" ->
          index > 0 ? elements.get(index - 1) : new Undefined("there is no previous item");
      case "nextitem" ->
          index < size - 1 ? elements.get(index + 1) : new Undefined("there is no next item");
      case "cycle" -> (Callable) (rendering, a) -> a.positional().get(index % a.size());
      case "changed" -> (Callable) (rendering, a) -> isChanged(r, new Tuple(a.positional()));
      default -> null;
    };
  }

  private boolean isChanged(Rendering r, Object value) {
    boolean isChanged = !r.python().equal(lastChecked, value);
    lastChecked = value;
    return isChanged;
  }
}
