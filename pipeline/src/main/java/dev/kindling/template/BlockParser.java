package dev.kindling.template;

import dev.kindling.template.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Reads the tokens of a template into what it renders. Its blocks are those of jinja2 that need no
 * other file, and of transformers ({@code generation}).
 */
final class BlockParser {
  private static final Set<String> ENDS =
      Set.of(
          "endif",
          "endfor",
          "endset",
          "endwith",
          "endfilter",
          "endmacro",
          "endcall",
          "endgeneration");

  private final StatementParser words;

  /** The blocks around the current token, from the innermost. */
  private final Deque<String> open = new ArrayDeque<>();

  /** The word of the block that the last body ended at. */
  private String ending;

  private BlockParser(List<Token> tokens) {
    this.words = new StatementParser(tokens);
  }

  /**
   * The parts of a template.
   *
   * @throws TemplateFault when that is not jinja2's grammar
   */
  static List<Node> parse(List<Token> tokens) {
    BlockParser parser = new BlockParser(tokens);
    List<Node> nodes = new ArrayList<>();
    while (!parser.words.at(Kind.STOP)) {
      parser.part(nodes);
    }
    return nodes;
  }

  private void part(List<Node> nodes) {
    Token token = words.next();
    if (token.is(Kind.DATA)) {
      nodes.add(r -> token.text());
    } else if (token.is(Kind.PRINT)) {
      Expression printed = words.tuple();
      words.end();
      nodes.add(r -> r.python().text(printed.value(r)));
    } else {
      nodes.add(block(words.name(), token.line()));
    }
  }

  private Node block(String word, int line) {
    return switch (word) {
      case "if" -> choice(line);
      case "for" -> loop(line);
      case "break", "continue" -> exit(word.equals("break"));
      case "set" -> set(line);
      case "with" -> with(line);
      case "filter" -> filter(line);
      case "macro" -> macro(line);
      case "call" -> call(line);
      case "generation" -> generation(line);
      case "elif", "else" ->
          throw new TemplateFault("has %s outside of if and for in line %d".formatted(word, line));
      default -> throw stray(word, line);
    };
  }

  private TemplateFault stray(String word, int line) {
    String place = " in line " + line;
    if (!ENDS.contains(word)) {
      return new TemplateFault("has the unknown block " + word + place);
    }
    return new TemplateFault(
        "has "
            + word
            + place
            + (open.isEmpty()
                ? " that ends nothing"
                : " where end" + open.peek() + " is expected"));
  }

  /** What stands up to the end of a block, or up to its next part. */
  private List<Node> body(String block, int line, String... parts) {
    open.push(block);
    if (open.size() > Budget.MOST_DEPTH) {
      throw new TemplateFault("has blocks nested more than " + Budget.MOST_DEPTH + " deep");
    }
    List<Node> nodes = new ArrayList<>();
    while (!isEnd(block, parts)) {
      if (words.at(Kind.STOP)) {
        throw new TemplateFault(
            "has a block %s without end%s in line %d".formatted(block, block, line));
      }
      part(nodes);
    }
    open.pop();
    words.next();
    ending = words.name();
    if (ending.equals("end" + block)) {
      words.end();
    }
    return nodes;
  }

  private boolean isEnd(String block, String... parts) {
    return words.at(Kind.BLOCK)
        && (words.isNext("end" + block) || List.of(parts).stream().anyMatch(words::isNext));
  }

  private Node choice(int line) {
    List<Expression> conditions = new ArrayList<>();
    List<List<Node>> bodies = new ArrayList<>();
    do {
      conditions.add(words.condition());
      bodies.add(body("if", line, "elif", "else"));
    } while (ending.equals("elif"));
    List<Node> otherwise = otherwise("if", line);
    return r -> Blocks.choice(r, conditions, bodies, otherwise);
  }

  private List<Node> otherwise(String block, int line) {
    if (!ending.equals("else")) {
      return List.of();
    }
    words.head();
    return body(block, line);
  }

  private Node loop(int line) {
    Statement.For head = words.loop();
    List<Node> body = body("for", line, "else");
    List<Node> otherwise = otherwise("for", line);
    return r -> Blocks.loop(r, head, body, otherwise);
  }

  private Node exit(boolean isBreak) {
    words.end();
    return r -> {
      throw new LoopExit(isBreak, "");
    };
  }

  private Node set(int line) {
    Statement.Set head = words.set();
    List<Node> body = head.value() == null ? body("set", line) : List.of();
    return r -> Blocks.set(r, head, body);
  }

  private Node with(int line) {
    Statement.With head = words.with();
    List<Node> body = body("with", line);
    return r -> Blocks.with(r, head, body);
  }

  private Node filter(int line) {
    Statement.Filtering filter = words.filters();
    List<Node> body = body("filter", line);
    return r -> r.python().text(filter.apply(r, Blocks.inner(r, body)));
  }

  private Node macro(int line) {
    Statement.Signature signature = words.macro();
    List<Node> body = body("macro", line);
    return r -> {
      r.scope().set(signature.name(), new Macro(signature, body, r.scope()));
      return "";
    };
  }

  private Node call(int line) {
    Statement.Call head = words.call();
    List<Node> body = body("call", line);
    return r -> Blocks.call(r, head, body);
  }

  /** Marks what the assistant has said; the text is the same without. */
  private Node generation(int line) {
    words.head();
    List<Node> body = body("generation", line);
    return r -> Blocks.inner(r, body);
  }
}
