package dev.kindling.template;

import java.util.List;

/** What stands behind the first word of a block, parsed. */
sealed interface Statement {
  /** A value alone: {@code if}, {@code elif} and what is printed. */
  record Value(Expression value) implements Statement {}

  /** {@code for}; the condition filters the elements and may be null. */
  record For(Target target, Expression elements, Expression condition, boolean isRecursive)
      implements Statement {}

  /** {@code set}; without a value it is the text of the block, which the filter changes. */
  record Set(Target target, Expression value, Filtering filter) implements Statement {}

  /** {@code with}. */
  record With(List<Target> targets, List<Expression> values) implements Statement {}

  /** {@code filter}. */
  record Filter(Filtering filter) implements Statement {}

  /** {@code macro}, and {@code call} with the macro that it calls; that is null for a macro. */
  record Signature(String name, List<String> parameters, List<Expression> defaults, Expression call)
      implements Statement {}

  /** Nothing: {@code else}, {@code break}, {@code generation} and ends. */
  record Nothing() implements Statement {}

  /** A chain of filters. */
  @FunctionalInterface
  interface Filtering {
    Object apply(Rendering rendering, Object value);
  }
}
