package dev.kindling.template;

import dev.kindling.template.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parses what stands between operators: values, with the attributes, elements, calls, filters and
 * tests behind them.
 */
abstract class OperandParser extends TokenReader {
  OperandParser(List<Token> tokens) {
    super(tokens);
  }

  /** An expression with all operators. */
  abstract Expression expression();

  /** An expression, or several with commas between them as a tuple. */
  abstract Expression tuple();

  static List<Object> values(Rendering rendering, List<Expression> expressions) {
    List<Object> values = new ArrayList<>(expressions.size());
    expressions.forEach(expression -> values.add(expression.value(rendering)));
    return values;
  }

  Expression primary() {
    if (at(Kind.TEXT)) {
      return literalText();
    } else if (at(Kind.INTEGER)) {
      return Expression.constant(integer());
    } else if (at(Kind.FLOAT)) {
      return Expression.constant(Double.valueOf(next().text()));
    } else if (at(Kind.NAME)) {
      return word(name());
    }
    if (take("(")) {
      Expression value = at(")") ? Expression.constant(new Tuple(List.of())) : tuple();
      require(")");
      return value;
    }
    if (take("[")) {
      List<Expression> elements = new ArrayList<>();
      while (!at("]")) {
        elements.add(expression());
        if (!at("]")) {
          require(",");
        }
      }
      require("]");
      return r -> values(r, elements);
    }
    if (take("{")) {
      return dictionary();
    }
    throw unexpected("a value");
  }

  private Object integer() {
    return Integers.parse(next().text(), 10);
  }

  /** One text, or several side by side. */
  private Expression literalText() {
    StringBuilder text = new StringBuilder();
    while (at(Kind.TEXT)) {
      text.append(next().text());
    }
    return Expression.constant(text.toString());
  }

  static Expression word(String name) {
    return switch (name) {
      case "true", "True" -> Expression.constant(true);
      case "false", "False" -> Expression.constant(false);
      case "none", "None" -> Expression.constant(None.NONE);
      default -> r -> r.scope().get(name);
    };
  }

  private Expression dictionary() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!at("}")) {
      keys.add(expression());
      require(":");
      values.add(expression());
      if (!at("}")) {
        require(",");
      }
    }
    require("}");
    return r -> {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        map.put(Python.key(keys.get(i).value(r)), values.get(i).value(r));
      }
      return map;
    };
  }

  /** Attributes, elements and calls behind a value. */
  Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      Expression base = value;
      if (take(".")) {
        if (at(Kind.INTEGER)) {
          Object index = integer();
          value = r -> Attributes.element(r, base.value(r), index);
        } else {
          String attribute = name();
          value = r -> Attributes.attribute(r, base.value(r), attribute);
        }
      } else if (take("[")) {
        value = subscript(base);
      } else if (at("(")) {
        value = call(base);
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression base) {
    Expression none = Expression.constant(None.NONE);
    Expression from = at(":") ? none : tuple();
    if (!at(":")) {
      require("]");
      return r -> Attributes.element(r, base.value(r), from.value(r));
    }
    require(":");
    Expression to = at("]") || at(":") ? none : expression();
    Expression step = take(":") && !at("]") ? expression() : none;
    require("]");
    return r -> Slices.slice(r, base.value(r), from.value(r), to.value(r), step.value(r));
  }

  Expression call(Expression function) {
    ArgumentList list = arguments();
    return r -> r.call(function.value(r), list.evaluate(r, "a function"));
  }

  /** The arguments of a call, in parentheses; with * and ** as in Python. */
  ArgumentList arguments() {
    require("(");
    ArgumentList list = new ArgumentList();
    while (!at(")")) {
      if (take("**")) {
        list.spreadNamed(expression());
      } else if (take("*")) {
        list.spread(expression());
      } else if (at(Kind.NAME) && isNext("=")) {
        String name = name();
        require("=");
        list.add(name, expression());
      } else {
        list.add(expression());
      }
      if (!at(")")) {
        require(",");
      }
    }
    require(")");
    return list;
  }

  /** Filters and tests behind a value, and calls of what they give. */
  Expression filtered(Expression start) {
    Expression value = start;
    while (true) {
      Expression base = value;
      if (at("|")) {
        Statement.Filtering filter = filter();
        value = r -> filter.apply(r, base.value(r));
      } else if (take("is")) {
        value = test(base);
      } else if (at("(")) {
        value = call(base);
      } else {
        return value;
      }
    }
  }

  /** One filter with the stroke before it. */
  Statement.Filtering filter() {
    require("|");
    return bareFilter();
  }

  Statement.Filtering bareFilter() {
    String name = name();
    Filters.Filter filter = Filters.named(name);
    ArgumentList list = at("(") ? arguments() : new ArgumentList();
    return (r, value) -> r.made(filter.apply(r, value, list.evaluate(r, "the filter " + name)));
  }

  private Expression test(Expression value) {
    boolean isNegated = take("not");
    String name = name();
    Tests.Test test = Tests.named(name);
    ArgumentList list = new ArgumentList();
    if (at("(")) {
      list = arguments();
    } else if (startsOperand() && !at("else") && !at("or") && !at("and")) {
      if (at("is")) {
        throw unexpected("one test, not several in a chain");
      }
      list.add(postfix(primary()));
    }
    ArgumentList given = list;
    return r -> isNegated != test.holds(r, value.value(r), given.evaluate(r, "the test " + name));
  }

  private boolean startsOperand() {
    return switch (current().kind()) {
      case NAME, TEXT, INTEGER, FLOAT -> true;
      default -> at("(") || at("[") || at("{");
    };
  }
}
