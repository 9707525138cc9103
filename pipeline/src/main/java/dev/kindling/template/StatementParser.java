package dev.kindling.template;

import java.util.ArrayList;
import java.util.List;

/** Parses the heads of blocks, from behind their first word to their end. */
final class StatementParser extends ExpressionParser {
  /** The variable with the block of a {@code call}; no template can write this name. */
  static final String CALLER = "caller of the block";

  StatementParser(List<Token> tokens) {
    super(tokens);
  }

  /** The end of a head; jinja2 passes over a colon, where Python has one. */
  void head() {
    take(":");
    end();
  }

  /** {@code if}, {@code elif}. */
  Expression condition() {
    Expression condition = tuple();
    head();
    return condition;
  }

  Statement.For loop() {
    Target target = target();
    require("in");
    Expression elements = disjunction();
    if (at(",")) {
      List<Expression> all = new ArrayList<>(List.of(elements));
      while (take(",")) {
        all.add(disjunction());
      }
      elements = r -> new Tuple(values(r, all));
    }
    Expression condition = take("if") ? expression() : null;
    boolean isRecursive = take("recursive");
    head();
    return new Statement.For(target, elements, condition, isRecursive);
  }

  Statement.Set set() {
    Target target = target();
    if (take("=")) {
      Expression value = tuple();
      end();
      return new Statement.Set(target, value, null);
    }
    Statement.Filtering filter = chain((r, value) -> value);
    head();
    return new Statement.Set(target, null, filter);
  }

  Statement.With with() {
    List<Target> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (at(Token.Kind.NAME)) {
      targets.add(Target.variable(name()));
      require("=");
      values.add(expression());
      if (!take(",")) {
        break;
      }
    }
    end();
    return new Statement.With(targets, values);
  }

  /** {@code filter}. */
  Statement.Filtering filters() {
    Statement.Filtering filter = chain(bareFilter());
    head();
    return filter;
  }

  Statement.Signature macro() {
    Statement.Signature signature = signature(name());
    head();
    return signature;
  }

  Statement.Call call() {
    Statement.Signature block =
        at("(") ? signature("caller") : new Statement.Signature("caller", List.of(), List.of());
    Expression function = word(name());
    while (take(".")) {
      Expression base = function;
      String attribute = name();
      function = r -> Attributes.attribute(r, base.value(r), attribute);
    }
    Expression called = function;
    ArgumentList list = arguments();
    list.add("caller", word(CALLER));
    head();
    return new Statement.Call(block, r -> r.call(called.value(r), list.evaluate(r, "a macro")));
  }

  private Statement.Signature signature(String name) {
    List<String> parameters = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    require("(");
    while (!at(")")) {
      String parameter = name();
      parameters.add(parameter);
      defaults.add(
          take("=")
              ? expression()
              : Expression.constant(
                  new Undefined("parameter '" + parameter + "' was not provided")));
      if (!at(")")) {
        require(",");
      }
    }
    require(")");
    return new Statement.Signature(name, parameters, defaults);
  }

  private Statement.Filtering chain(Statement.Filtering first) {
    Statement.Filtering chain = first;
    while (at("|")) {
      Statement.Filtering before = chain;
      Statement.Filtering next = filter();
      chain = (r, value) -> next.apply(r, before.apply(r, value));
    }
    return chain;
  }

  private Target target() {
    Target first = oneTarget();
    if (!at(",")) {
      return first;
    }
    List<Target> targets = new ArrayList<>(List.of(first));
    while (take(",")) {
      if (at("in") || at("=") || at(")")) {
        break;
      }
      targets.add(oneTarget());
    }
    return Target.all(targets);
  }

  private Target oneTarget() {
    if (take("(")) {
      Target inner = target();
      require(")");
      return inner;
    }
    String name = name();
    return take(".") ? Target.attribute(name, name()) : Target.variable(name);
  }
}
