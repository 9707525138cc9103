package dev.kindling.template;

import dev.kindling.template.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Reads the text of a template as jinja2's lexer does with {@code trim_blocks} and {@code
 * lstrip_blocks}: what is left has no comments and raw blocks, and data without the white space
 * that is trimmed.
 */
final class TemplateText {
  /** Longest template, in UTF-16 units. */
  private static final int MOST_CHARACTERS = 1 << 20;

  private static final int MOST_NESTING = 40;
  private static final int MOST_WORDS = 2000;

  private static final Set<String> LONG_OPERATORS = Set.of("==", "!=", ">=", "<=", "//", "**");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  /** Up to where {@link #line} has counted. */
  private int counted;

  private TemplateText(String source) {
    this.source = source;
  }

  /**
   * The tokens of a template.
   *
   * @throws TemplateFault where a block, comment or text does not end, a character is not known, or
   *     the template is longer or deeper than any that is meant well
   */
  static List<Token> tokens(String template) {
    if (template.length() > MOST_CHARACTERS) {
      throw new TemplateFault(
          "has " + template.length() + " characters (most are " + MOST_CHARACTERS + ")");
    }
    String lines = template.replace("\r\n", "\n").replace('\r', '\n');
    String source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    TemplateText text = new TemplateText(source);
    while (text.at < source.length()) {
      text.next();
    }
    text.add(Kind.STOP, "", source.length());
    return text.tokens;
  }

  private void add(Kind kind, String text, int place) {
    tokens.add(new Token(kind, text, line(place)));
  }

  private void next() {
    int open = opening(at);
    if (open < 0) {
      data(source.substring(at));
      at = source.length();
      return;
    }
    char kind = source.charAt(open + 1);
    char sign = signAt(open + 2);
    dataBefore(open, kind, sign);
    at = open + (sign == 0 ? 2 : 3);
    switch (kind) {
      case '#' -> comment();
      case '{' -> construct(Kind.PRINT, "{{", "}}", "");
      default -> {
        if (!raw()) {
          construct(Kind.BLOCK, "{%", "%}", "\n");
        }
      }
    }
  }

  private int opening(int from) {
    for (int i = source.indexOf('{', from); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private char signAt(int place) {
    char sign = place < source.length() ? source.charAt(place) : 0;
    return sign == '-' || sign == '+' ? sign : 0;
  }

  /** The text before a construct, whose kind and sign say how much white space of it stays. */
  private void dataBefore(int open, char kind, char sign) {
    String text = source.substring(at, open);
    if (sign == '-') {
      data(Texts.strip(text, null, false, true));
      return;
    }
    int lastLine = text.lastIndexOf('\n') + 1;
    boolean isIndent =
        (lastLine > 0 || at == 0 || source.charAt(at - 1) == '\n')
            && text.substring(lastLine).chars().allMatch(c -> Texts.isSpace((char) c));
    data(sign == 0 && kind != '{' && isIndent ? text.substring(0, lastLine) : text);
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      add(Kind.DATA, text, at);
    }
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw new TemplateFault("has a comment without end in line " + line(at));
    }
    char sign = end > at ? source.charAt(end - 1) : 0;
    at = end + 2;
    afterEnd(sign, "\n");
  }

  /** Goes on behind the end of a construct: past white space after -, else past one newline. */
  private void afterEnd(char sign, String trimmed) {
    if (sign == '-') {
      while (at < source.length() && Texts.isSpace(source.charAt(at))) {
        at++;
      }
    } else if (sign != '+' && !trimmed.isEmpty() && source.startsWith(trimmed, at)) {
      at++;
    }
  }

  /** A raw block, if this is one: its text is data. */
  private boolean raw() {
    int body = wordEnd(at, "raw");
    if (body < 0) {
      return false;
    }
    boolean isTrimmed = source.charAt(body - 3) == '-';
    for (int end = source.indexOf("{%", body); end >= 0; end = source.indexOf("{%", end + 1)) {
      char sign = signAt(end + 2);
      int after = wordEnd(end + (sign == 0 ? 2 : 3), "endraw");
      if (after >= 0) {
        at = body;
        if (isTrimmed) {
          afterEnd('-', "");
        }
        at = Math.min(at, end);
        dataBefore(end, '%', sign);
        at = after;
        char endSign = source.charAt(after - 3);
        afterEnd(endSign, "\n");
        return true;
      }
    }
    throw new TemplateFault("has a raw block without end in line " + line(at));
  }

  /** Behind a block of one word that starts at a place; -1 where there is another. */
  private int wordEnd(int place, String word) {
    int i = skipBlanks(place);
    if (!source.startsWith(word, i)) {
      return -1;
    }
    i = skipBlanks(i + word.length());
    i += i < source.length() && "-+".indexOf(source.charAt(i)) >= 0 ? 1 : 0;
    return source.startsWith("%}", i) ? i + 2 : -1;
  }

  private int skipBlanks(int place) {
    int i = place;
    while (i < source.length() && Texts.isSpace(source.charAt(i))) {
      i++;
    }
    return i;
  }

  /** An expression or a statement, word by word. */
  private void construct(Kind kind, String start, String end, String trimmed) {
    int begin = at;
    add(kind, start, begin);
    Deque<Character> brackets = new ArrayDeque<>();
    for (int words = 0; ; words++) {
      at = skipBlanks(at);
      if (at >= source.length()) {
        throw new TemplateFault("has a " + start + " without " + end + " in line " + line(begin));
      }
      char sign = signAt(at);
      if (brackets.isEmpty()
          && source.startsWith(end, sign == 0 || isPlus(sign, end) ? at : at + 1)) {
        add(Kind.END, end, at);
        at += sign == 0 ? 2 : 3;
        afterEnd(sign, trimmed);
        return;
      }
      if (words == MOST_WORDS) {
        throw new TemplateFault(
            "has an expression of more than " + MOST_WORDS + " words in line " + line(begin));
      }
      word(brackets);
    }
  }

  // A plus before the end of an expression is an operator, before that of a statement a mark.
  private static boolean isPlus(char sign, String end) {
    return sign == '+' && end.equals("}}");
  }

  private void word(Deque<Character> brackets) {
    char c = source.charAt(at);
    if (c == '\'' || c == '"') {
      string(c);
    } else if (isDigit(at)) {
      number();
    } else if (Character.isUnicodeIdentifierStart(c) || c == '_') {
      int from = at;
      while (at < source.length() && isWordPart(source.charAt(at))) {
        at++;
      }
      add(Kind.NAME, source.substring(from, at), from);
    } else {
      operator(c, brackets);
    }
  }

  private static boolean isWordPart(char c) {
    return c == '_'
        || (Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
  }

  private void operator(char c, Deque<Character> brackets) {
    if ("([{".indexOf(c) >= 0) {
      brackets.push(c);
      if (brackets.size() > MOST_NESTING) {
        throw new TemplateFault(
            "has brackets nested more than " + MOST_NESTING + " deep in line " + line(at));
      }
    } else if (")]}".indexOf(c) >= 0) {
      if (brackets.isEmpty() || "([{".indexOf(brackets.pop()) != ")]}".indexOf(c)) {
        throw new TemplateFault("has a " + c + " that closes nothing in line " + line(at));
      }
    }
    String two = source.substring(at, Math.min(at + 2, source.length()));
    boolean isLong = LONG_OPERATORS.contains(two);
    if (!isLong && "+-/*%~[](){}><=.:|,".indexOf(c) < 0) {
      throw new TemplateFault("has the character " + c + " in an expression in line " + line(at));
    }
    add(Kind.OPERATOR, isLong ? two : source.substring(at, at + 1), at);
    at += isLong ? 2 : 1;
  }

  private void number() {
    int from = at;
    Kind kind = Kind.INTEGER;
    boolean hasPoint = from > 0 && source.charAt(from - 1) == '.';
    digits();
    if (!hasPoint && at + 1 < source.length() && source.charAt(at) == '.' && isDigit(at + 1)) {
      kind = Kind.FLOAT;
      at++;
      digits();
    }
    int exponent = at + 1 < source.length() && "+-".indexOf(source.charAt(at + 1)) >= 0 ? 2 : 1;
    if (!hasPoint
        && at < source.length()
        && "eE".indexOf(source.charAt(at)) >= 0
        && isDigit(at + exponent)) {
      kind = Kind.FLOAT;
      at += exponent;
      digits();
    }
    add(kind, source.substring(from, at).replace("_", ""), from);
  }

  private boolean isDigit(int place) {
    return place < source.length() && source.charAt(place) >= '0' && source.charAt(place) <= '9';
  }

  private void digits() {
    while (isDigit(at) || (at < source.length() && source.charAt(at) == '_' && isDigit(at + 1))) {
      at++;
    }
  }

  /** A text in quotes. */
  private void string(char quote) {
    int begin = at;
    StringBuilder value = new StringBuilder();
    at++;
    while (at < source.length() && source.charAt(at) != quote) {
      char c = source.charAt(at++);
      if (c != '\\' || at == source.length()) {
        value.append(c);
      } else {
        Escapes.append(value, source, at);
        at += Escapes.length(source, at);
      }
    }
    if (at >= source.length()) {
      throw new TemplateFault("has a text without end in line " + line(begin));
    }
    at++;
    add(Kind.TEXT, value.toString(), begin);
  }

  /** The line of a place, most often one behind the last that was asked for. */
  private int line(int place) {
    if (place < counted) {
      line = 1;
      counted = 0;
    }
    while (counted < place) {
      line += source.charAt(counted++) == '\n' ? 1 : 0;
    }
    return line;
  }
}
