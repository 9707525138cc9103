package dev.kindling.template;

import com.hubspot.jinjava.el.ext.ExtendedParser;
import com.hubspot.jinjava.el.ext.ExtendedScanner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Scanner;
import jinjava.de.odysseus.el.tree.impl.Scanner.ScanException;
import jinjava.de.odysseus.el.tree.impl.Scanner.Symbol;

/**
 * Parses what stands between operators: values, with the attributes, elements, calls, filters and
 * tests behind them.
 */
abstract class OperandParser extends ExtendedParser {
  /**
   * The library's scanner, which takes words such as {@code empty} or {@code mod} for operators.
   */
  private static final class WordScanner extends ExtendedScanner {
    WordScanner(String input) {
      super(input);
    }

    @Override
    protected Token keyword(String word) {
      return null;
    }
  }

  OperandParser(Builder context, String input) {
    super(context, input);
  }

  @Override
  protected Scanner createScanner(String input) {
    return new WordScanner(input);
  }

  /** Whether the current word is this name or operator, and not a text. */
  boolean at(String word) {
    return getToken().getSymbol() != Symbol.STRING && word.equals(getToken().getImage());
  }

  /** Passes over a word, if it is the current one. */
  boolean take(String word) throws ScanException, ParseException {
    if (at(word)) {
      consumeToken();
      return true;
    }
    return false;
  }

  void require(String word) throws ScanException, ParseException {
    if (!take(word)) {
      fail(word);
    }
  }

  String name() throws ScanException, ParseException {
    return consumeToken(Symbol.IDENTIFIER).getImage();
  }

  /** An expression with all operators. */
  abstract Expression expression() throws ScanException, ParseException;

  /** An expression, or several with commas between them as a tuple. */
  abstract Expression tuple() throws ScanException, ParseException;

  static List<Object> values(Rendering rendering, List<Expression> expressions) {
    List<Object> values = new ArrayList<>(expressions.size());
    expressions.forEach(expression -> values.add(expression.value(rendering)));
    return values;
  }

  Expression primary() throws ScanException, ParseException {
    Symbol symbol = getToken().getSymbol();
    if (symbol == Symbol.STRING) {
      return literalText();
    } else if (symbol == Symbol.INTEGER) {
      return Expression.constant(parseInteger(consumeToken().getImage()).longValue());
    } else if (symbol == Symbol.FLOAT) {
      return Expression.constant(parseFloat(consumeToken().getImage()).doubleValue());
    } else if (symbol == Symbol.IDENTIFIER) {
      return word(consumeToken().getImage());
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
      return new Expression(r -> values(r, elements));
    }
    if (take("{")) {
      return dictionary();
    }
    fail("a value");
    return null;
  }

  /** One text, or several side by side. */
  private Expression literalText() throws ScanException, ParseException {
    StringBuilder text = new StringBuilder();
    while (getToken().getSymbol() == Symbol.STRING) {
      text.append(consumeToken().getImage());
    }
    return Expression.constant(text.toString());
  }

  static Expression word(String name) {
    return switch (name) {
      case "true", "True" -> Expression.constant(true);
      case "false", "False" -> Expression.constant(false);
      case "none", "None" -> Expression.constant(None.NONE);
      default -> new Expression(r -> r.scope().get(name));
    };
  }

  private Expression dictionary() throws ScanException, ParseException {
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
    return new Expression(
        r -> {
          Map<Object, Object> map = new LinkedHashMap<>();
          for (int i = 0; i < keys.size(); i++) {
            map.put(Python.key(keys.get(i).value(r)), values.get(i).value(r));
          }
          return map;
        });
  }

  /** Attributes, elements and calls behind a value. */
  Expression postfix(Expression start) throws ScanException, ParseException {
    Expression value = start;
    while (true) {
      Expression base = value;
      if (take(".")) {
        if (getToken().getSymbol() == Symbol.INTEGER) {
          Object index = parseInteger(consumeToken().getImage()).longValue();
          value = new Expression(r -> Attributes.element(r, base.value(r), index));
        } else {
          String attribute = name();
          value = new Expression(r -> Attributes.attribute(r, base.value(r), attribute));
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

  private Expression subscript(Expression base) throws ScanException, ParseException {
    Expression none = Expression.constant(None.NONE);
    Expression from = at(":") ? none : tuple();
    if (!at(":")) {
      require("]");
      return new Expression(r -> Attributes.element(r, base.value(r), from.value(r)));
    }
    require(":");
    Expression to = at("]") || at(":") ? none : expression();
    Expression step = take(":") && !at("]") ? expression() : none;
    require("]");
    return new Expression(
        r -> Slices.slice(r, base.value(r), from.value(r), to.value(r), step.value(r)));
  }

  Expression call(Expression function) throws ScanException, ParseException {
    ArgumentList list = arguments();
    return new Expression(r -> r.call(function.value(r), list.evaluate(r, "a function")));
  }

  /** The arguments of a call, in parentheses; with * and ** as in Python. */
  ArgumentList arguments() throws ScanException, ParseException {
    require("(");
    ArgumentList list = new ArgumentList();
    while (!at(")")) {
      if (take("**")) {
        list.spreadNamed(expression());
      } else if (take("*")) {
        list.spread(expression());
      } else if (getToken().getSymbol() == Symbol.IDENTIFIER
          && "=".equals(lookahead(0).getImage())) {
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
  Expression filtered(Expression start) throws ScanException, ParseException {
    Expression value = start;
    while (true) {
      Expression base = value;
      if (at("|")) {
        Statement.Filtering filter = filter();
        value = new Expression(r -> filter.apply(r, base.value(r)));
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
  Statement.Filtering filter() throws ScanException, ParseException {
    require("|");
    return bareFilter();
  }

  Statement.Filtering bareFilter() throws ScanException, ParseException {
    String name = name();
    Filters.Filter filter = Filters.named(name);
    ArgumentList list = at("(") ? arguments() : new ArgumentList();
    return (r, value) -> r.made(filter.apply(r, value, list.evaluate(r, "the filter " + name)));
  }

  private Expression test(Expression value) throws ScanException, ParseException {
    boolean isNegated = take("not");
    String name = name();
    Tests.Test test = Tests.named(name);
    ArgumentList list = new ArgumentList();
    if (at("(")) {
      list = arguments();
    } else if (startsOperand() && !at("else") && !at("or") && !at("and")) {
      if (at("is")) {
        fail("one test, not several in a chain");
      }
      list.add(postfix(primary()));
    }
    ArgumentList given = list;
    return new Expression(
        r -> isNegated != test.holds(r, value.value(r), given.evaluate(r, "the test " + name)));
  }

  private boolean startsOperand() {
    return switch (getToken().getSymbol()) {
      case IDENTIFIER, STRING, INTEGER, FLOAT -> true;
      default -> at("(") || at("[") || at("{");
    };
  }
}
