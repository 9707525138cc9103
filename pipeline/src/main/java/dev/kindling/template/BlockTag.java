package dev.kindling.template;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.FlexibleTag;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.parse.TagToken;

/** A kind of block as the library takes it. */
final class BlockTag implements Tag, FlexibleTag {
  private static final long serialVersionUID = 1L;

  /** The text of a block. */
  @FunctionalInterface
  interface Rule {
    String text(TagNode block, Rendering rendering);
  }

  private final String name;
  private final boolean hasEnd;
  private final transient Rule rule;

  /**
   * A kind of block.
   *
   * @param hasEnd whether it reaches to an end block; {@code set} does so only without a value
   */
  BlockTag(String name, boolean hasEnd, Rule rule) {
    this.name = name;
    this.hasEnd = hasEnd;
    this.rule = rule;
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public String getEndTagName() {
    return hasEnd ? "end" + name : null;
  }

  @Override
  public boolean hasEndTag(TagToken token) {
    return hasEnd
        && !(StatementParser.parse(name, token.getHelpers()) instanceof Statement.Set set
            && set.value() != null);
  }

  @Override
  public String interpret(TagNode block, JinjavaInterpreter interpreter) {
    return rule.text(block, (Rendering) interpreter);
  }
}
