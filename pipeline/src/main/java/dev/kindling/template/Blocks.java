package dev.kindling.template;

import java.util.ArrayList;
import java.util.List;

/** What blocks write. */
final class Blocks {
  private Blocks() {}

  /** The body of the first condition that holds. */
  static String choice(
      Rendering r, List<Expression> conditions, List<List<Node>> bodies, List<Node> otherwise) {
    for (int i = 0; i < conditions.size(); i++) {
      if (conditions.get(i).isTrue(r)) {
        return r.body(bodies.get(i));
      }
    }
    return r.body(otherwise);
  }

  static String loop(Rendering r, Statement.For head, List<Node> body, List<Node> otherwise) {
    return loop(r, head, body, otherwise, 0, head.elements().value(r));
  }

  /**
   * A loop.
   *
   * @param depth loops of the same block around this one
   * @param all elements, of which the head may choose
   */
  private static String loop(
      Rendering r,
      Statement.For head,
      List<Node> body,
      List<Node> otherwise,
      int depth,
      Object all) {
    List<Object> elements = elements(head, r, all);
    if (elements.isEmpty()) {
      return inner(r, otherwise);
    }
    Variables outer = r.scope();
    Callable recursion =
        head.isRecursive()
            ? (same, a) ->
                r.within(
                    outer, () -> loop(r, head, body, otherwise, depth + 1, a.get(0, "elements")))
            : null;
    return iterate(head, r, body, new LoopState(elements, depth, recursion), elements);
  }

  private static List<Object> elements(Statement.For head, Rendering r, Object all) {
    List<Object> elements = r.python().list(all);
    if (head.condition() == null) {
      return elements;
    }
    List<Object> chosen = new ArrayList<>();
    for (Object element : elements) {
      Variables inner = new Variables(r.scope());
      boolean isChosen =
          r.within(
              inner,
              () -> {
                head.target().assign(r, element);
                return head.condition().isTrue(r);
              });
      if (isChosen) {
        chosen.add(element);
      }
    }
    return chosen;
  }

  private static String iterate(
      Statement.For head, Rendering r, List<Node> body, LoopState state, List<Object> elements) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < elements.size(); i++) {
      Object element = elements.get(i);
      Variables inner = new Variables(r.scope());
      inner.set("loop", state);
      state.moveTo(i);
      try {
        text.append(
            r.within(
                inner,
                () -> {
                  head.target().assign(r, element);
                  return r.body(body);
                }));
      } catch (LoopExit exit) {
        text.append(exit.text());
        if (exit.isBreak()) {
          break;
        }
      }
      Budget.requireText(text.length());
    }
    return text.toString();
  }

  /** A body with variables of its own. */
  static String inner(Rendering r, List<Node> body) {
    return r.within(new Variables(r.scope()), () -> r.body(body));
  }

  static String set(Rendering r, Statement.Set head, List<Node> body) {
    Object value =
        head.value() != null ? head.value().value(r) : head.filter().apply(r, inner(r, body));
    head.target().assign(r, value);
    return "";
  }

  static String with(Rendering r, Statement.With head, List<Node> body) {
    List<Object> values = OperandParser.values(r, head.values());
    return r.within(
        new Variables(r.scope()),
        () -> {
          for (int i = 0; i < values.size(); i++) {
            head.targets().get(i).assign(r, values.get(i));
          }
          return r.body(body);
        });
  }

  static String call(Rendering r, Statement.Call head, List<Node> body) {
    Variables inner = new Variables(r.scope());
    inner.set(StatementParser.CALLER, new Macro(head.block(), body, r.scope()));
    return r.within(inner, () -> r.python().text(head.call().value(r)));
  }
}
