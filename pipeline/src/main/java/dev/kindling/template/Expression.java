package dev.kindling.template;

import java.util.function.Function;
import jinjava.de.odysseus.el.tree.Bindings;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.de.odysseus.el.tree.impl.ast.AstRightValue;
import jinjava.javax.el.ELContext;

/** A parsed expression: a node of the library's trees that has its value from a rendering. */
final class Expression extends AstRightValue {
  private final Function<Rendering, Object> rule;

  Expression(Function<Rendering, Object> rule) {
    this.rule = rule;
  }

  static Expression constant(Object value) {
    return new Expression(rendering -> value);
  }

  Object value(Rendering rendering) {
    return rule.apply(rendering);
  }

  boolean isTrue(Rendering rendering) {
    return Python.truth(value(rendering));
  }

  @Override
  public Object eval(Bindings bindings, ELContext context) {
    throw new IllegalStateException("Expressions of templates have values only in a rendering");
  }

  @Override
  public void appendStructure(StringBuilder structure, Bindings bindings) {
    structure.append("expression");
  }

  @Override
  public int getCardinality() {
    return 0;
  }

  @Override
  public AstNode getChild(int index) {
    throw new IndexOutOfBoundsException(index);
  }
}
