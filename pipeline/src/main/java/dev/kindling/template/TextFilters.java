package dev.kindling.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filters of texts; any other value is taken as its text. */
final class TextFilters {
  /** What a filter makes of a text. */
  @FunctionalInterface
  private interface Rule {
    Object apply(Rendering rendering, String text, Arguments arguments);
  }

  private static final Pattern WORD_START =
      Pattern.compile("[-\\s\\x1c-\\x1f({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

  static final Map<String, Filters.Filter> ALL =
      Map.ofEntries(
          filter("string", (r, s, a) -> s),
          filter("safe", (r, s, a) -> s),
          filter("upper", (r, s, a) -> s.toUpperCase(Locale.ROOT)),
          filter("lower", (r, s, a) -> s.toLowerCase(Locale.ROOT)),
          filter("capitalize", (r, s, a) -> Texts.capitalize(s)),
          filter("title", (r, s, a) -> title(s)),
          filter("trim", (r, s, a) -> Texts.strip(s, a.textOrNull(0, "chars"), true, true)),
          filter("replace", TextFilters::replace),
          filter("indent", (r, s, a) -> indent(s, a)),
          filter("center", (r, s, a) -> StringMethods.centred(s, a.integer(0, "width", 80), " ")),
          filter("truncate", (r, s, a) -> truncate(s, a)),
          filter("wordcount", (r, s, a) -> WORD.matcher(s).results().count()),
          filter("format", (r, s, a) -> format(r, s, a)),
          filter("escape", (r, s, a) -> escape(s)),
          filter("e", (r, s, a) -> escape(s)),
          filter("forceescape", (r, s, a) -> escape(s)));

  private TextFilters() {}

  private static Map.Entry<String, Filters.Filter> filter(String name, Rule rule) {
    return Map.entry(
        name,
        (r, value, arguments) -> {
          String text = r.python().text(value);
          r.budget().charge(text.length());
          return rule.apply(r, text, arguments);
        });
  }

  /** Words as jinja2's filter sees them, which an apostrophe does not end. */
  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    Matcher gaps = WORD_START.matcher(text);
    int from = 0;
    while (gaps.find()) {
      out.append(started(text.substring(from, gaps.start()))).append(gaps.group());
      from = gaps.end();
    }
    return out.append(started(text.substring(from))).toString();
  }

  /** First letter large, which is not always title case: ǆ becomes Ǆ. */
  private static String started(String word) {
    int rest = word.isEmpty() ? 0 : word.offsetByCodePoints(0, 1);
    return word.substring(0, rest).toUpperCase(Locale.ROOT)
        + word.substring(rest).toLowerCase(Locale.ROOT);
  }

  private static String replace(Rendering r, String text, Arguments a) {
    Object count = a.get(2, "count", None.NONE);
    return Texts.replace(
        text,
        r.python().text(a.get(0, "old")),
        r.python().text(a.get(1, "new")),
        count == None.NONE ? -1 : a.integer(2, "count", -1));
  }

  private static String indent(String text, Arguments a) {
    Object width = a.get(0, "width", 4L);
    String indent =
        width instanceof String given ? given : Texts.repeat(" ", a.integer(0, "width", 4));
    boolean isFirst = a.flag(1, "first", false);
    boolean isBlank = a.flag(2, "blank", false);
    List<Object> lines = new ArrayList<>();
    for (Object line : Texts.lines(text + "\n", false)) {
      boolean isIndented = lines.isEmpty() ? isFirst : isBlank || !line.equals("");
      lines.add(isIndented ? indent + line : line);
    }
    return Texts.join("\n", lines);
  }

  private static String truncate(String text, Arguments a) {
    int length = a.integer(0, "length", 255);
    String end = (String) a.get(2, "end", "...");
    int leeway = a.integer(3, "leeway", 5);
    int points = text.codePointCount(0, text.length());
    int kept = length - end.codePointCount(0, end.length());
    if (points <= length + leeway || kept < 0) {
      return text;
    }
    String start = text.substring(0, text.offsetByCodePoints(0, kept));
    boolean killsWords = a.flag(1, "killwords", false);
    return (killsWords ? start : (String) Texts.splitRight(start, " ", 1).get(0)) + end;
  }

  private static String format(Rendering r, String text, Arguments a) {
    Object values = a.named().isEmpty() ? new Tuple(a.positional()) : a.named();
    return Format.percent(r, text, values);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&#34;");
  }
}
