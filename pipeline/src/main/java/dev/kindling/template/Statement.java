package dev.kindling.template;

import java.util.List;

/** What the heads of blocks say, parsed. */
final class Statement {
  private Statement() {}

  /** {@code for}; the condition filters the elements and may be null. */
  record For(Target target, Expression elements, Expression condition, boolean isRecursive) {}

  /** {@code set}; without a value it is the text of the block, which the filter changes. */
  record Set(Target target, Expression value, Filtering filter) {}

  /** {@code with}. */
  record With(List<Target> targets, List<Expression> values) {}

  /** {@code macro}, and what a {@code call} gives to the macro that it calls. */
  record Signature(String name, List<String> parameters, List<Expression> defaults) {}

  /** {@code call}: the block as a macro, and what calls another with it. */
  record Call(Signature block, Expression call) {}

  /** A chain of filters. */
  @FunctionalInterface
  interface Filtering {
    Object apply(Rendering rendering, Object value);
  }
}
