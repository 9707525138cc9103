package dev.kindling.template;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.parse.Token;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;

/**
 * One pass over a template: the library's interpreter, with Python's values and scopes. The first
 * error ends it, where the library would note the error and go on.
 */
final class Rendering extends JinjavaInterpreter {
  private final IdentityHashMap<Token, Statement> statements;
  private final Budget budget = new Budget();
  private final Python python = new Python(budget);
  private Scope scope;

  /**
   * A rendering that has written nothing yet.
   *
   * @param statements what each block and expression of the template says
   * @param variables the outermost scope
   */
  Rendering(
      Jinjava library,
      Context blocks,
      JinjavaConfig config,
      IdentityHashMap<Token, Statement> statements,
      Scope variables) {
    super(library, blocks, config);
    this.statements = statements;
    this.scope = variables;
  }

  Budget budget() {
    return budget;
  }

  Python python() {
    return python;
  }

  Scope scope() {
    return scope;
  }

  Statement statement(Token block) {
    return statements.get(block);
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
  <T> T within(Scope inner, Supplier<T> action) {
    Scope before = scope;
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
        text.append(node.render(this).getValue());
        Budget.requireText(text.length());
      }
    } catch (LoopExit exit) {
      throw exit.after(text);
    } finally {
      budget.leave();
    }
    return text.toString();
  }

  @Override
  public void addError(TemplateError error) {
    throw new TemplateFault("cannot be read: " + error.getMessage(), error.getException());
  }
}
