package dev.kindling.template;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A template that renders as Python's jinja2 renders it in transformers: a sandbox without files,
 * clock and attributes of objects, {@code trim_blocks}, {@code lstrip_blocks}, loop controls,
 * transformers' {@code tojson}, {@code raise_exception} and {@code generation} blocks.
 *
 * <p>Templates are hostile: reading and rendering one end after a number of steps, and no value of
 * a template is or reaches a Java object. Safe for use by several threads.
 */
public final class JinjaTemplate {
  private final String source;
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
      this.nodes = BlockParser.parse(TemplateText.tokens(text));
    } catch (TemplateFault fault) {
      throw refusal(fault);
    } catch (StackOverflowError deep) {
      throw tooDeep(deep);
    }
  }

  /**
   * Renders the template.
   *
   * @param variables the variables of the template: texts, truth values, {@link Integer}, {@link
   *     Long}, {@link java.math.BigInteger}, {@link Double}, lists, maps from texts, and null for
   *     {@code None}
   * @param today what {@code strftime_now} tells; without it there is no such function
   * @throws TemplateException with the message of {@code raise_exception} when the template calls
   *     it, else naming the fault: an undefined value is used, a limit is reached
   */
  public String render(Map<String, ?> variables, Optional<LocalDate> today) {
    Variables scope = new Variables(null);
    Globals.define(scope);
    today.ifPresent(day -> scope.set("strftime_now", Globals.strftime(day)));
    try {
      variables.forEach((name, value) -> scope.set(name, Python.value(value)));
      return new Rendering(scope).body(nodes);
    } catch (TemplateFault | LoopExit fault) {
      throw refusal(fault);
    } catch (StackOverflowError deep) {
      throw tooDeep(deep);
    }
  }

  private TemplateException refusal(RuntimeException fault) {
    return new TemplateException("Invalid " + source + ": " + fault.getMessage(), fault);
  }

  /** Brackets within calls within blocks: each within its bound, too much together. */
  private TemplateException tooDeep(StackOverflowError deep) {
    return refusal(new TemplateFault("is nested too deep", deep));
  }
}
