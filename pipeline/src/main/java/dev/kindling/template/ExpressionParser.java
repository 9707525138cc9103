package dev.kindling.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Parses expressions with jinja2's grammar: its precedences ({@code not a in b}, {@code a ~ b + c},
 * chained comparisons).
 */
abstract class ExpressionParser extends OperandParser {
  ExpressionParser(List<Token> tokens) {
    super(tokens);
  }

  @Override
  Expression tuple() {
    Expression first = expression();
    if (!at(",")) {
      return first;
    }
    List<Expression> elements = new ArrayList<>(List.of(first));
    while (take(",")) {
      if (at(")") || at("]") || at("}") || at(Token.Kind.END)) {
        break;
      }
      elements.add(expression());
    }
    return r -> new Tuple(values(r, elements));
  }

  /** {@code a if b else c}. */
  @Override
  Expression expression() {
    Expression value = disjunction();
    while (take("if")) {
      Expression then = value;
      Expression condition = disjunction();
      Expression other =
          take("else")
              ? expression()
              : Expression.constant(
                  new Undefined("the inline if-expression evaluated to false and has no else"));
      value = r -> condition.isTrue(r) ? then.value(r) : other.value(r);
    }
    return value;
  }

  /** An expression that leaves {@code if} to the loop that it belongs to. */
  Expression disjunction() {
    Expression value = conjunction();
    while (take("or")) {
      Expression left = value;
      Expression right = conjunction();
      value =
          r -> {
            Object first = left.value(r);
            return Python.truth(first) ? first : right.value(r);
          };
    }
    return value;
  }

  private Expression conjunction() {
    Expression value = negation();
    while (take("and")) {
      Expression left = value;
      Expression right = negation();
      value =
          r -> {
            Object first = left.value(r);
            return Python.truth(first) ? right.value(r) : first;
          };
    }
    return value;
  }

  private Expression negation() {
    if (take("not")) {
      Expression value = negation();
      return r -> !value.isTrue(r);
    }
    return comparison();
  }

  private Expression comparison() {
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> operands = new ArrayList<>();
    while (true) {
      String operator = current().text();
      if (at(operator) && Comparison.isOperator(operator)) {
        next();
      } else if (at("not") && isNext("in")) {
        next();
        next();
        operator = "not in";
      } else if (operands.isEmpty()) {
        return first;
      } else {
        return r -> Comparison.chain(r, first, operators, operands);
      }
      operators.add(operator);
      operands.add(sum());
    }
  }

  private Expression sum() {
    Expression value = concatenation();
    while (at("+") || at("-")) {
      value = binary(next().text(), value, concatenation());
    }
    return value;
  }

  private Expression concatenation() {
    Expression value = product();
    while (take("~")) {
      value = binary("~", value, product());
    }
    return value;
  }

  private Expression product() {
    Expression value = power();
    while (at("*") || at("/") || at("//") || at("%")) {
      value = binary(next().text(), value, power());
    }
    return value;
  }

  private Expression power() {
    Expression value = signed(true);
    while (take("**")) {
      value = binary("**", value, signed(true));
    }
    return value;
  }

  private static Expression binary(String operator, Expression left, Expression right) {
    return r -> Operators.binary(r, operator, left.value(r), right.value(r));
  }

  private Expression signed(boolean isFiltered) {
    Expression value;
    if (at("-") || at("+")) {
      String sign = next().text();
      Expression operand = signed(false);
      value = r -> Operators.signed(sign, operand.value(r));
    } else {
      value = primary();
    }
    value = postfix(value);
    return isFiltered ? filtered(value) : value;
  }
}
