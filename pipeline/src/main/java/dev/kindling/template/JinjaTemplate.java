package dev.kindling.template;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.expression.ExpressionStrategy;
import com.hubspot.jinjava.lib.tag.EndTag;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.ExpressionNode;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.output.RenderedOutputNode;
import com.hubspot.jinjava.tree.parse.ExpressionToken;
import com.hubspot.jinjava.tree.parse.Token;
import java.time.LocalDate;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A template that renders as Python's jinja2 renders it in transformers: a sandbox without files,
 * clock and attributes of objects, {@code trim_blocks}, {@code lstrip_blocks}, loop controls,
 * transformers' {@code tojson}, {@code raise_exception} and {@code generation} blocks.
 *
 * <p>jinjava reads the blocks and the words of expressions and keeps the tree. Its own expressions,
 * filters and blocks depart from jinja2's in too much ({@code none} is what is undefined, the text
 * {@code "false"} is false, {@code not a in b} is {@code (not a) in b}, a loop has no filter, an
 * error is passed over), so grammar and values are this package's.
 *
 * <p>Templates are hostile: a rendering ends after a number of steps, and no value of a template is
 * or reaches a Java object. Safe for use by several threads.
 */
public final class JinjaTemplate {
  private static final JinjavaConfig CONFIG =
      JinjavaConfig.newBuilder()
          .withNestedInterpretationEnabled(false)
          .withMaxOutputSize(Budget.MOST_TEXT)
          .withLegacyOverrides(
              LegacyOverrides.newBuilder()
                  .withParseWhitespaceControlStrictly(true)
                  .withHandleBackslashInQuotesOnly(true)
                  .build())
          .build();

  private final String source;
  private final Jinjava library = new Jinjava(CONFIG);
  private final IdentityHashMap<Token, Statement> statements = new IdentityHashMap<>();
  private final List<Node> nodes;

  /**
   * Reads a template.
   *
   * @param text the template
   * @param source where it came from, for messages
   * @throws TemplateException when it is not a template, naming the fault
   */
  public JinjaTemplate(String text, String source) {
    this.source = source;
    try {
      this.nodes = rendering(new Scope(null)).parse(TemplateText.translate(text)).getChildren();
      read(nodes, 0);
    } catch (TemplateFault fault) {
      throw refusal(fault);
    }
  }

  /**
   * Renders the template.
   *
   * @param variables the variables of the template: texts, truth values, {@link Integer}, {@link
   *     Long}, {@link Double}, lists, maps from texts, and null for {@code None}
   * @param today what {@code strftime_now} tells; without it there is no such function
   * @throws TemplateException with the message of {@code raise_exception} when the template calls
   *     it, else naming the fault: an undefined value is used, a limit is reached
   */
  public String render(Map<String, ?> variables, Optional<LocalDate> today) {
    Scope scope = new Scope(null);
    Globals.define(scope);
    today.ifPresent(day -> scope.set("strftime_now", Globals.strftime(day)));
    try {
      variables.forEach((name, value) -> scope.set(name, Python.value(value)));
      return rendering(scope).body(nodes);
    } catch (RaisedByTemplate raised) {
      throw new TemplateException(raised.getMessage(), raised);
    } catch (TemplateFault | LoopExit fault) {
      throw refusal(fault);
    } catch (StackOverflowError deep) {
      // Brackets within calls within blocks: each within its bound, too much together.
      throw refusal(new TemplateFault("is nested too deep", deep));
    }
  }

  private TemplateException refusal(RuntimeException fault) {
    return new TemplateException("Invalid " + source + ": " + fault.getMessage(), fault);
  }

  private Rendering rendering(Scope scope) {
    return new Rendering(library, new KnownBlocks(), CONFIG, statements, scope);
  }

  private void read(List<Node> level, int depth) {
    if (depth > Budget.MOST_DEPTH) {
      throw new TemplateFault("has blocks nested more than " + Budget.MOST_DEPTH + " deep");
    }
    for (Node node : level) {
      if (node instanceof TagNode block) {
        statements.put(
            node.getMaster(), StatementParser.parse(block.getName(), block.getHelpers()));
      } else if (node instanceof ExpressionNode) {
        String expression = ((ExpressionToken) node.getMaster()).getExpr();
        statements.put(
            node.getMaster(), StatementParser.parse(StatementParser.PRINTED, expression));
      }
      read(node.getChildren(), depth + 1);
    }
  }

  /** The blocks that the library finds, in place of its own. */
  private static final class KnownBlocks extends Context {
    KnownBlocks() {
      setExpressionStrategy(new Printing());
    }

    @Override
    public Tag getTag(String name) {
      for (BlockTag tag : Blocks.ALL) {
        if (name.equals(tag.getName())) {
          return tag;
        }
        if (name.equals(tag.getEndTagName())) {
          return new EndTag(tag);
        }
      }
      throw new TemplateFault("has the unknown block " + name);
    }
  }

  /** Prints a value as Python does. */
  private static final class Printing implements ExpressionStrategy {
    private static final long serialVersionUID = 1L;

    @Override
    public RenderedOutputNode interpretOutput(ExpressionToken expression, JinjavaInterpreter pass) {
      Rendering rendering = (Rendering) pass;
      Statement.Value printed = (Statement.Value) rendering.statement(expression);
      return new RenderedOutputNode(rendering.python().text(printed.value().value(rendering)));
    }
  }
}
