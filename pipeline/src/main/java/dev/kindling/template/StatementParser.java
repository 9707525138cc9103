package dev.kindling.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jinjava.de.odysseus.el.tree.TreeBuilderException;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Parser;
import jinjava.de.odysseus.el.tree.impl.Scanner.ScanException;
import jinjava.de.odysseus.el.tree.impl.Scanner.Symbol;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;

/** Parses what stands behind the first word of a block. */
final class StatementParser extends ExpressionParser {
  /** Stands for the first word of an expression that is printed. */
  static final String PRINTED = "";

  /** The variable with the block of a {@code call}; no template can write this name. */
  static final String CALLER = "caller of the block";

  private static final Set<String> WITHOUT_EXPRESSION =
      Set.of("else", "break", "continue", "generation");

  private final String word;

  private StatementParser(Builder context, String input, String word) {
    super(context, input);
    this.word = word;
  }

  /**
   * Parses a statement.
   *
   * @param word the first word of the block, or {@link #PRINTED}
   * @param text what follows it
   * @throws TemplateFault when that is not jinja2's grammar
   */
  static Statement parse(String word, String text) {
    if (WITHOUT_EXPRESSION.contains(word)) {
      return new Statement.Nothing();
    }
    Builder builder =
        new Builder() {
          private static final long serialVersionUID = 1L;

          @Override
          protected Parser createParser(String input) {
            return new StatementParser(this, input, word);
          }
        };
    try {
      Expression tree = (Expression) builder.build("#{" + text + " }").getRoot().getChild(0);
      return (Statement) tree.value(null);
    } catch (TreeBuilderException e) {
      String shown = (word + " " + text).strip();
      throw new TemplateFault(
          "has a syntax error in '%s': found %s, expected %s"
              .formatted(shown, e.getEncountered(), e.getExpected()),
          e);
    }
  }

  @Override
  protected AstNode expr(boolean required) throws ScanException, ParseException {
    Statement statement = statement();
    if (mayHaveColon(statement)) {
      take(":");
    }
    return Expression.constant(statement);
  }

  /** Whether jinja2 passes over a colon behind a statement, where Python has one. */
  private boolean mayHaveColon(Statement statement) {
    boolean isValue = statement instanceof Statement.Set set && set.value() != null;
    return !isValue && !word.equals(PRINTED) && !word.equals("with");
  }

  private Statement statement() throws ScanException, ParseException {
    return switch (word) {
      case "if", "elif", PRINTED -> new Statement.Value(tuple());
      case "for" -> loop();
      case "set" -> set();
      case "with" -> with();
      case "filter" -> new Statement.Filter(chain(bareFilter()));
      case "macro" -> signature(name());
      case "call" -> callBlock();
      default -> throw new IllegalStateException("No statement has the word " + word);
    };
  }

  private Statement loop() throws ScanException, ParseException {
    Target target = target();
    require("in");
    Expression elements = disjunction();
    if (at(",")) {
      List<Expression> all = new ArrayList<>(List.of(elements));
      while (take(",")) {
        all.add(disjunction());
      }
      elements = new Expression(r -> new Tuple(values(r, all)));
    }
    Expression condition = take("if") ? expression() : null;
    return new Statement.For(target, elements, condition, take("recursive"));
  }

  private Statement set() throws ScanException, ParseException {
    Target target = target();
    if (take("=")) {
      return new Statement.Set(target, tuple(), null);
    }
    return new Statement.Set(target, null, chain((r, value) -> value));
  }

  private Statement with() throws ScanException, ParseException {
    List<Target> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (getToken().getSymbol() == Symbol.IDENTIFIER) {
      targets.add(Target.variable(name()));
      require("=");
      values.add(expression());
      if (!take(",")) {
        break;
      }
    }
    return new Statement.With(targets, values);
  }

  private Statement callBlock() throws ScanException, ParseException {
    Statement.Signature block =
        at("(")
            ? signature("caller")
            : new Statement.Signature("caller", List.of(), List.of(), null);
    Expression function = word(name());
    while (take(".")) {
      Expression base = function;
      String attribute = name();
      function = new Expression(r -> Attributes.attribute(r, base.value(r), attribute));
    }
    Expression called = function;
    ArgumentList list = arguments();
    list.add("caller", word(CALLER));
    Expression call = new Expression(r -> r.call(called.value(r), list.evaluate(r, "a macro")));
    return new Statement.Signature(block.name(), block.parameters(), block.defaults(), call);
  }

  private Statement.Signature signature(String name) throws ScanException, ParseException {
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
    return new Statement.Signature(name, parameters, defaults, null);
  }

  private Statement.Filtering chain(Statement.Filtering first)
      throws ScanException, ParseException {
    Statement.Filtering chain = first;
    while (at("|")) {
      Statement.Filtering before = chain;
      Statement.Filtering next = filter();
      chain = (r, value) -> next.apply(r, before.apply(r, value));
    }
    return chain;
  }

  private Target target() throws ScanException, ParseException {
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

  private Target oneTarget() throws ScanException, ParseException {
    if (take("(")) {
      Target inner = target();
      require(")");
      return inner;
    }
    String name = name();
    return take(".") ? Target.attribute(name, name()) : Target.variable(name);
  }
}
