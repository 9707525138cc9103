package dev.kindling.udf.math;

import dev.kindling.udf.math.Token.Kind;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Text of a formula, LaTeX or plain, → tokens. What only changes the look is left out: dollar
 * signs, spaces, sizes of brackets, fonts, degrees.
 */
final class Lexer {
  /** More tokens than this are not read. */
  private static final int MOST_TOKENS = 4096;

  private static final Pattern DEGREES =
      Pattern.compile(
          "\\^\\s*+(?:\\{\\s*+\\\\circ\\s*+\\}|\\\\circ(?![A-Za-z]))|\u00b0|\\\\degree");

  private static final Pattern ESCAPED_TWICE = Pattern.compile("\\\\\\\\(?=[A-Za-z])");

  private static final Set<String> LOOKS =
      Set.of(
          "left",
          "right",
          "middle",
          "big",
          "Big",
          "bigg",
          "Bigg",
          "bigl",
          "bigr",
          "Bigl",
          "Bigr",
          "biggl",
          "biggr",
          "Biggl",
          "Biggr",
          "displaystyle",
          "textstyle",
          "limits",
          "quad",
          "qquad",
          "rm",
          "it",
          "bf",
          "boxed",
          "fbox",
          "thinspace",
          "hspace",
          "space");

  private static final Set<String> FONTS =
      Set.of(
          "text",
          "mbox",
          "textbf",
          "textit",
          "textrm",
          "textsf",
          "texttt",
          "mathrm",
          "mathbf",
          "mathit",
          "mathsf",
          "mathbb",
          "operatorname",
          "underline",
          "emph",
          "boldsymbol",
          "bm");

  private static final Map<String, String> SAME_COMMAND =
      Map.ofEntries(
          Map.entry("dfrac", "\\frac"),
          Map.entry("tfrac", "\\frac"),
          Map.entry("cfrac", "\\frac"),
          Map.entry("dbinom", "\\binom"),
          Map.entry("tbinom", "\\binom"),
          Map.entry("ast", "*"),
          Map.entry("cdot", "*"),
          Map.entry("times", "*"),
          Map.entry("div", "/"),
          Map.entry("lbrack", "["),
          Map.entry("rbrack", "]"),
          Map.entry("lvert", "|"),
          Map.entry("rvert", "|"),
          Map.entry("vert", "|"),
          Map.entry("mid", "|"),
          Map.entry("colon", ":"),
          Map.entry("varnothing", "\\emptyset"));

  private static final Map<Character, String> SIGNS =
      Map.ofEntries(
          Map.entry('\u03c0', "\\pi "),
          Map.entry('\u03b8', "\\theta "),
          Map.entry('\u03b1', "\\alpha "),
          Map.entry('\u03b2', "\\beta "),
          Map.entry('\u03bb', "\\lambda "),
          Map.entry('\u03c9', "\\omega "),
          Map.entry('\u221e', "\\infty "),
          Map.entry('\u221a', "\\sqrt "),
          Map.entry('\u00d7', "*"),
          Map.entry('\u00b7', "*"),
          Map.entry('\u22c5', "*"),
          Map.entry('\u00f7', "/"),
          Map.entry('\u2044', "/"),
          Map.entry('\u2212', "-"),
          Map.entry('\u2013', "-"),
          Map.entry('\u2264', "\\le "),
          Map.entry('\u2265', "\\ge "),
          Map.entry('\u2260', "\\ne "),
          Map.entry('\u2248', "\\approx "),
          Map.entry('\u222a', "\\cup "),
          Map.entry('\u2229', "\\cap "),
          Map.entry('\u2208', "\\in "),
          Map.entry('\u2205', "\\emptyset "),
          Map.entry('\u00b1', "\\pm "),
          Map.entry('\u2213', "\\mp "),
          Map.entry('\u00b2', "^{2}"),
          Map.entry('\u00b3', "^{3}"));

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private Braces braces;
  private int at;
  private int depth;

  private Lexer(String text) {
    this.text = text;
  }

  /**
   * Reads a text.
   *
   * @throws UnreadableException if it has too many tokens, or a number too long to compute with
   */
  static List<Token> tokens(String text) throws UnreadableException {
    String plain = DEGREES.matcher(ascii(text)).replaceAll("");
    if (!plain.contains("\\begin")) {
      plain = ESCAPED_TWICE.matcher(plain).replaceAll("\\\\");
    }
    Lexer lexer = new Lexer(plain);
    lexer.read();
    return lexer.tokens;
  }

  private static String ascii(String text) {
    if (text.chars().allMatch(c -> c < 128)) {
      return text;
    }
    StringBuilder mapped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      String sign = SIGNS.get(c);
      mapped.append(sign == null ? String.valueOf(c) : sign);
    }
    return Normalizer.normalize(mapped, Normalizer.Form.NFKC);
  }

  private void read() throws UnreadableException {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (isDigit(c) || (c == '.' && isDigit(charAt(at + 1)))) {
        NumberText number = NumberText.read(text, at, depth == 0);
        add(Kind.NUMBER, number.text());
        at = number.end();
      } else if (isLetter(c)) {
        int from = at;
        while (isLetter(charAt(at))) {
          at++;
        }
        letters(text.substring(from, at));
      } else if (c == '\\') {
        at++;
        command();
      } else {
        at++;
        sign(c);
      }
    }
  }

  private void sign(char c) throws UnreadableException {
    if (c == '$' || c == '~' || Character.isWhitespace(c)) {
      return;
    }
    boolean equals = charAt(at) == '=';
    if (equals && (c == '<' || c == '>' || c == '!')) {
      at++;
      add(Kind.COMMAND, c == '<' ? "\\le" : c == '>' ? "\\ge" : "\\ne");
    } else if (c == '*' && charAt(at) == '*') {
      at++;
      add(Kind.SIGN, "^");
    } else {
      if (c == '(' || c == '[') {
        depth++;
      } else if (c == ')' || c == ']') {
        depth--;
      }
      add(Kind.SIGN, String.valueOf(c));
    }
  }

  private void command() throws UnreadableException {
    int from = at;
    while (isLetter(charAt(at))) {
      at++;
    }
    String name = text.substring(from, at);
    if (name.isEmpty()) {
      escaped(charAt(at++));
    } else if (FONTS.contains(name)) {
      font();
    } else if (SAME_COMMAND.containsKey(name)) {
      add(Kind.COMMAND, SAME_COMMAND.get(name));
    } else if (!LOOKS.contains(name)) {
      add(Kind.COMMAND, "\\" + name);
    }
  }

  private void escaped(char c) throws UnreadableException {
    switch (c) {
      case '%', '&', '#' -> add(Kind.SIGN, String.valueOf(c));
      case '|' -> add(Kind.SIGN, "|");
      case '{' -> {
        depth++;
        add(Kind.SIGN, "\\{");
      }
      case '}' -> {
        depth--;
        add(Kind.SIGN, "\\}");
      }
      case '\\' -> add(Kind.SIGN, "\\\\");
      default -> {
        // Spaces, delimiters of mathematics and the dollar sign of an amount.
      }
    }
  }

  /** The group behind a command for a font: words, or a formula that is only written in it. */
  private void font() throws UnreadableException {
    while (Character.isWhitespace(charAt(at))) {
      at++;
    }
    if (charAt(at) != '{') {
      return;
    }
    if (braces == null) {
      braces = new Braces(text);
    }
    int close = braces.close(at);
    if (close < 0) {
      return;
    }
    String content = text.substring(at + 1, close);
    if (content.chars().anyMatch(c -> c == '\\' || isDigit((char) c))) {
      // The braces stay: what is in them may be one argument.
      return;
    }
    add(Kind.SIGN, "{");
    int opened = tokens.size();
    for (at = at + 1; at < close; ) {
      int from = at;
      while (at < close && isLetter(text.charAt(at))) {
        at++;
      }
      if (at == from) {
        sign(text.charAt(at++));
      } else {
        word(text.substring(from, at));
      }
    }
    at = close + 1;
    List<Token> inside = tokens.subList(opened, tokens.size());
    if (inside.stream().anyMatch(token -> token.kind() == Kind.WORD) || inside.isEmpty()) {
      tokens.remove(opened - 1);
    } else {
      add(Kind.SIGN, "}");
    }
  }

  /** A word of a font's group; a letter that begins one behind a number is a unit. */
  private void word(String word) throws UnreadableException {
    boolean unit = opensBehindValue(tokens.size() - 1);
    if (word.length() == 1 && !unit) {
      add(Kind.LETTER, word);
    } else {
      add(Kind.WORD, word);
    }
  }

  private boolean opensBehindValue(int brace) {
    return brace > 0
        && tokens.get(brace).is("{")
        && (tokens.get(brace - 1).kind() == Kind.NUMBER || tokens.get(brace - 1).closes());
  }

  private void letters(String run) throws UnreadableException {
    String lower = run.toLowerCase(Locale.ROOT);
    if (run.length() == 1) {
      add(Kind.LETTER, run);
    } else if (run.equals("sqrt")
        || Names.function(run) != null
        || (run.length() > 2 && Names.symbol(run) != null)
        || run.equals("pi")) {
      add(Kind.COMMAND, "\\" + run);
    } else if (Names.function(run.substring(0, run.length() - 1)) != null) {
      add(Kind.COMMAND, "\\" + run.substring(0, run.length() - 1));
      add(Kind.LETTER, run.substring(run.length() - 1));
    } else if (run.length() > 2
        || Names.AND.contains(lower)
        || (Names.SHORT_UNITS.contains(run)
            && !tokens.isEmpty()
            && tokens.get(tokens.size() - 1).kind() == Kind.NUMBER)) {
      add(Kind.WORD, run);
    } else {
      add(Kind.LETTER, run.substring(0, 1));
      add(Kind.LETTER, run.substring(1));
    }
  }

  private void add(Kind kind, String token) throws UnreadableException {
    if (tokens.size() == MOST_TOKENS) {
      throw new UnreadableException("the answer has more than " + MOST_TOKENS + " tokens");
    }
    tokens.add(new Token(kind, token));
  }

  private char charAt(int index) {
    return index < text.length() ? text.charAt(index) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c > 127 && Character.isLetter(c));
  }
}
