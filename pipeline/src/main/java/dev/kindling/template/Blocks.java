package dev.kindling.template;

import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.util.ArrayList;
import java.util.List;

/** The blocks of jinja2, and of transformers ({@code generation}), that templates may use. */
final class Blocks {
  /** All of them; the library's own, which can read files, are not among them. */
  static final List<BlockTag> ALL =
      List.of(
          new BlockTag("if", true, Blocks::choice),
          new BlockTag("elif", false, Blocks::stray),
          new BlockTag("else", false, Blocks::stray),
          new BlockTag("for", true, (block, r) -> loop(block, r, 0, null)),
          new BlockTag("break", false, (block, r) -> exit(true)),
          new BlockTag("continue", false, (block, r) -> exit(false)),
          new BlockTag("set", true, Blocks::set),
          new BlockTag("with", true, Blocks::with),
          new BlockTag("filter", true, Blocks::filter),
          new BlockTag("macro", true, Blocks::macro),
          new BlockTag("call", true, Blocks::call),
          // Marks what the assistant has said; the text is the same without.
          new BlockTag("generation", true, Blocks::inner));

  private Blocks() {}

  private static boolean is(Node node, String name) {
    return node instanceof TagNode block && block.getName().equals(name);
  }

  private static String choice(TagNode block, Rendering r) {
    boolean isTaken = condition(block, r);
    List<Node> taken = new ArrayList<>();
    for (Node node : block.getChildren()) {
      if (is(node, "elif") || is(node, "else")) {
        if (isTaken) {
          break;
        }
        isTaken = is(node, "else") || condition((TagNode) node, r);
      } else if (isTaken) {
        taken.add(node);
      }
    }
    return r.body(taken);
  }

  private static boolean condition(TagNode block, Rendering r) {
    return ((Statement.Value) r.statement(block.getMaster())).value().isTrue(r);
  }

  private static String stray(TagNode block, Rendering r) {
    throw new TemplateFault("has " + block.getName() + " outside of if and for");
  }

  private static String exit(boolean isBreak) {
    throw new LoopExit(isBreak, "");
  }

  /**
   * A loop.
   *
   * @param depth loops of the same block around this one
   * @param given elements of a recursive call; null takes those that the block names
   */
  private static String loop(TagNode block, Rendering r, int depth, Object given) {
    Statement.For header = (Statement.For) r.statement(block.getMaster());
    List<Node> body = new ArrayList<>();
    List<Node> otherwise = new ArrayList<>();
    for (Node node : block.getChildren()) {
      boolean isBehindElse = !otherwise.isEmpty() || is(node, "else");
      (isBehindElse ? otherwise : body).add(node);
    }
    List<Object> elements = elements(header, r, given == null ? header.elements().value(r) : given);
    if (elements.isEmpty()) {
      return otherwise.isEmpty()
          ? ""
          : r.within(new Scope(r.scope()), () -> r.body(otherwise.subList(1, otherwise.size())));
    }
    Scope outer = r.scope();
    Callable recursion =
        header.isRecursive()
            ? (same, a) -> r.within(outer, () -> loop(block, r, depth + 1, a.get(0, "elements")))
            : null;
    return iterate(header, r, body, new LoopState(elements, depth, recursion), elements);
  }

  private static List<Object> elements(Statement.For header, Rendering r, Object all) {
    List<Object> elements = r.python().list(all);
    if (header.condition() == null) {
      return elements;
    }
    List<Object> chosen = new ArrayList<>();
    for (Object element : elements) {
      Scope inner = new Scope(r.scope());
      boolean isChosen =
          r.within(
              inner,
              () -> {
                header.target().assign(r, element);
                return header.condition().isTrue(r);
              });
      if (isChosen) {
        chosen.add(element);
      }
    }
    return chosen;
  }

  private static String iterate(
      Statement.For header, Rendering r, List<Node> body, LoopState state, List<Object> elements) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < elements.size(); i++) {
      Object element = elements.get(i);
      Scope inner = new Scope(r.scope());
      inner.set("loop", state);
      state.moveTo(i);
      try {
        text.append(
            r.within(
                inner,
                () -> {
                  header.target().assign(r, element);
                  return r.body(body);
                }));
      } catch (LoopExit exit) {
        text.append(exit.text());
        if (exit.isBreak()) {
          break;
        }
      }
      Budget.requireText(text.length());
    }
    return text.toString();
  }

  private static String inner(TagNode block, Rendering r) {
    return r.within(new Scope(r.scope()), () -> r.body(block.getChildren()));
  }

  private static String set(TagNode block, Rendering r) {
    Statement.Set header = (Statement.Set) r.statement(block.getMaster());
    Object value =
        header.value() != null
            ? header.value().value(r)
            : header.filter().apply(r, inner(block, r));
    header.target().assign(r, value);
    return "";
  }

  private static String with(TagNode block, Rendering r) {
    Statement.With header = (Statement.With) r.statement(block.getMaster());
    List<Object> values = OperandParser.values(r, header.values());
    return r.within(
        new Scope(r.scope()),
        () -> {
          for (int i = 0; i < values.size(); i++) {
            header.targets().get(i).assign(r, values.get(i));
          }
          return r.body(block.getChildren());
        });
  }

  private static String filter(TagNode block, Rendering r) {
    Statement.Filter header = (Statement.Filter) r.statement(block.getMaster());
    return r.python().text(header.filter().apply(r, inner(block, r)));
  }

  private static Macro macroOf(TagNode block, Rendering r) {
    Statement.Signature signature = (Statement.Signature) r.statement(block.getMaster());
    return new Macro(signature, block.getChildren(), r.scope());
  }

  private static String macro(TagNode block, Rendering r) {
    Macro macro = macroOf(block, r);
    r.scope().set(macro.signature().name(), macro);
    return "";
  }

  private static String call(TagNode block, Rendering r) {
    Macro caller = macroOf(block, r);
    Scope inner = new Scope(r.scope());
    inner.set(StatementParser.CALLER, caller);
    return r.within(inner, () -> r.python().text(caller.signature().call().value(r)));
  }
}
