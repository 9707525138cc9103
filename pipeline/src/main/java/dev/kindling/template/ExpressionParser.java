package dev.kindling.template;

import java.util.ArrayList;
import java.util.List;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Scanner.ScanException;
import jinjava.de.odysseus.el.tree.impl.Scanner.Symbol;

/**
 * Parses expressions with jinja2's grammar: its precedences ({@code not a in b}, {@code a ~ b + c},
 * chained comparisons), slices with steps, calls of any value. The library's own grammar is that of
 * Java's unified expression language, which binds {@code not} to the nearest operand and knows none
 * of the others.
 */
abstract class ExpressionParser extends OperandParser {
  ExpressionParser(Builder context, String input) {
    super(context, input);
  }

  @Override
  Expression tuple() throws ScanException, ParseException {
    Expression first = expression();
    if (!at(",")) {
      return first;
    }
    List<Expression> elements = new ArrayList<>(List.of(first));
    while (take(",")) {
      if (at(")") || at("]") || at("}") || getToken().getSymbol() == Symbol.END_EVAL) {
        break;
      }
      elements.add(expression());
    }
    return new Expression(r -> new Tuple(values(r, elements)));
  }

  /** {@code a if b else c}. */
  @Override
  Expression expression() throws ScanException, ParseException {
    Expression value = disjunction();
    while (take("if")) {
      Expression then = value;
      Expression condition = disjunction();
      Expression other =
          take("else")
              ? expression()
              : Expression.constant(
                  new Undefined("the inline if-expression evaluated to false and has no else"));
      value = new Expression(r -> condition.isTrue(r) ? then.value(r) : other.value(r));
    }
    return value;
  }

  /** An expression that leaves {@code if} to the loop that it belongs to. */
  Expression disjunction() throws ScanException, ParseException {
    Expression value = conjunction();
    while (take("or")) {
      Expression left = value;
      Expression right = conjunction();
      value =
          new Expression(
              r -> {
                Object first = left.value(r);
                return Python.truth(first) ? first : right.value(r);
              });
    }
    return value;
  }

  private Expression conjunction() throws ScanException, ParseException {
    Expression value = negation();
    while (take("and")) {
      Expression left = value;
      Expression right = negation();
      value =
          new Expression(
              r -> {
                Object first = left.value(r);
                return Python.truth(first) ? right.value(r) : first;
              });
    }
    return value;
  }

  private Expression negation() throws ScanException, ParseException {
    if (take("not")) {
      Expression value = negation();
      return new Expression(r -> !value.isTrue(r));
    }
    return comparison();
  }

  private Expression comparison() throws ScanException, ParseException {
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> operands = new ArrayList<>();
    while (true) {
      String operator = getToken().getSymbol() == Symbol.STRING ? "" : getToken().getImage();
      if (Comparison.isOperator(operator)) {
        consumeToken();
      } else if (at("not") && "in".equals(lookahead(0).getImage())) {
        consumeToken();
        consumeToken();
        operator = "not in";
      } else if (operands.isEmpty()) {
        return first;
      } else {
        return new Expression(r -> Comparison.chain(r, first, operators, operands));
      }
      operators.add(operator);
      operands.add(sum());
    }
  }

  private Expression sum() throws ScanException, ParseException {
    Expression value = concatenation();
    while (at("+") || at("-")) {
      value = binary(consumeToken().getImage(), value, concatenation());
    }
    return value;
  }

  private Expression concatenation() throws ScanException, ParseException {
    Expression value = product();
    while (take("~")) {
      value = binary("~", value, product());
    }
    return value;
  }

  private Expression product() throws ScanException, ParseException {
    Expression value = power();
    while (at("*") || at("/") || at("//") || at("%")) {
      value = binary(consumeToken().getImage(), value, power());
    }
    return value;
  }

  private Expression power() throws ScanException, ParseException {
    Expression value = signed(true);
    while (take("**")) {
      value = binary("**", value, signed(true));
    }
    return value;
  }

  private static Expression binary(String operator, Expression left, Expression right) {
    return new Expression(r -> Arithmetic.binary(r, operator, left.value(r), right.value(r)));
  }

  private Expression signed(boolean isFiltered) throws ScanException, ParseException {
    Expression value;
    if (at("-") || at("+")) {
      String sign = consumeToken().getImage();
      Expression operand = signed(false);
      value = new Expression(r -> Arithmetic.signed(sign, operand.value(r)));
    } else {
      value = primary();
    }
    value = postfix(value);
    return isFiltered ? filtered(value) : value;
  }
}
