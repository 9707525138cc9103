package dev.kindling.template;

import java.util.List;
import java.util.function.Supplier;

/** One pass over a template, with its values and scopes; the first fault ends it. */
final class Rendering {
  private final Budget budget = new Budget();
  private final Python python = new Python(budget);
  private Variables scope;

  /**
   * A rendering that has written nothing yet.
   *
   * @param variables the outermost scope
   */
  Rendering(Variables variables) {
    this.scope = variables;
  }

  Budget budget() {
    return budget;
  }

  Python python() {
    return python;
  }

  Variables scope() {
    return scope;
  }

  /** Counts what an operation has made. */
  Object made(Object value) {
    if (value instanceof String text) {
      Budget.requireText(text.length());
      budget.charge(text.length());
    } else if (value instanceof List<?> list) {
      budget.charge(list.size());
    }
    return value;
  }

  Object call(Object function, Arguments arguments) {
    budget.charge(1);
    if (function instanceof Undefined undefined) {
      throw undefined.fault();
    }
    Object callable = function instanceof LoopState loop ? loop.recursion() : function;
    if (callable instanceof Callable known) {
      return known.call(this, arguments);
    }
    throw new TemplateFault("calls " + Python.type(function) + ", which is no function");
  }

  /** Does something within a scope. */
  <T> T within(Variables inner, Supplier<T> action) {
    Variables before = scope;
    scope = inner;
    try {
      return action.get();
    } finally {
      scope = before;
    }
  }

  /** The text of some nodes. */
  String body(List<Node> nodes) {
    StringBuilder text = new StringBuilder();
    budget.enter();
    try {
      for (Node node : nodes) {
        budget.charge(1);
        text.append(node.text(this));
        Budget.requireText(text.length());
      }
    } catch (LoopExit exit) {
      throw exit.after(text);
    } finally {
      budget.leave();
    }
    return text.toString();
  }
}
