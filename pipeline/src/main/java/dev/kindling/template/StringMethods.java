package dev.kindling.template;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/** The methods of Python's texts. */
final class StringMethods {
  /** What a method does with its text. */
  @FunctionalInterface
  private interface Method {
    Object call(Rendering rendering, String text, Arguments arguments);
  }

  private static final Map<String, Method> METHODS =
      Map.ofEntries(
          Map.entry("strip", (r, s, a) -> Texts.strip(s, a.textOrNull(0, "chars"), true, true)),
          Map.entry("lstrip", (r, s, a) -> Texts.strip(s, a.textOrNull(0, "chars"), true, false)),
          Map.entry("rstrip", (r, s, a) -> Texts.strip(s, a.textOrNull(0, "chars"), false, true)),
          Map.entry("split", (r, s, a) -> split(s, a)),
          Map.entry("rsplit", (r, s, a) -> splitRight(s, a)),
          Map.entry("splitlines", (r, s, a) -> Texts.lines(s, a.flag(0, "keepends", false))),
          Map.entry("startswith", (r, s, a) -> hasAffix(r, s, a, true)),
          Map.entry("endswith", (r, s, a) -> hasAffix(r, s, a, false)),
          Map.entry("removeprefix", (r, s, a) -> removed(s, a.text(0, "prefix"), true)),
          Map.entry("removesuffix", (r, s, a) -> removed(s, a.text(0, "suffix"), false)),
          Map.entry("upper", (r, s, a) -> s.toUpperCase(Locale.ROOT)),
          Map.entry("lower", (r, s, a) -> s.toLowerCase(Locale.ROOT)),
          Map.entry("casefold", (r, s, a) -> s.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT)),
          Map.entry("swapcase", (r, s, a) -> swapped(s)),
          Map.entry("title", (r, s, a) -> title(s)),
          Map.entry("capitalize", (r, s, a) -> Texts.capitalize(s)),
          Map.entry(
              "replace",
              (r, s, a) ->
                  Texts.replace(s, a.text(0, "old"), a.text(1, "new"), a.integer(2, "count", -1))),
          Map.entry("join", (r, s, a) -> Texts.join(s, texts(r, a.get(0, "iterable")))),
          Map.entry("find", (r, s, a) -> find(s, a, false)),
          Map.entry("rfind", (r, s, a) -> find(s, a, true)),
          Map.entry("index", (r, s, a) -> found(a, find(s, a, false))),
          Map.entry("rindex", (r, s, a) -> found(a, find(s, a, true))),
          Map.entry("count", (r, s, a) -> count(s, a.text(0, "sub"))),
          Map.entry("partition", (r, s, a) -> partition(s, a, false)),
          Map.entry("rpartition", (r, s, a) -> partition(s, a, true)),
          Map.entry("center", (r, s, a) -> centred(s, a.integer(0, "width", 0), filling(a))),
          Map.entry("ljust", (r, s, a) -> padded(s, "<", a)),
          Map.entry("rjust", (r, s, a) -> padded(s, ">", a)),
          Map.entry("zfill", (r, s, a) -> Format.pad(s, ">", "0", a.integer(0, "width", 0))),
          Map.entry("format", Format::fields),
          Map.entry("isdigit", (r, s, a) -> all(s, Character::isDigit)),
          Map.entry("isdecimal", (r, s, a) -> all(s, Character::isDigit)),
          Map.entry("isnumeric", (r, s, a) -> all(s, Character::isDigit)),
          Map.entry("isalpha", (r, s, a) -> all(s, Character::isLetter)),
          Map.entry("isalnum", (r, s, a) -> all(s, Character::isLetterOrDigit)),
          Map.entry("isspace", (r, s, a) -> all(s, c -> Texts.isSpace((char) c))),
          Map.entry("isupper", (r, s, a) -> isCased(s, s.toUpperCase(Locale.ROOT))),
          Map.entry("islower", (r, s, a) -> isCased(s, s.toLowerCase(Locale.ROOT))),
          Map.entry("istitle", (r, s, a) -> isCased(s, title(s))),
          Map.entry("isascii", (r, s, a) -> s.chars().allMatch(c -> c < 128)));

  private StringMethods() {}

  /** A method of a text; null where there is none of that name. */
  static Callable method(String text, String name) {
    Method method = METHODS.get(name);
    return method == null
        ? null
        : (r, arguments) -> {
          r.budget().charge(text.length());
          return r.made(method.call(r, text, arguments));
        };
  }

  private static List<Object> split(String text, Arguments a) {
    String separator = a.textOrNull(0, "sep");
    int most = a.integer(1, "maxsplit", -1);
    return separator == null ? Texts.words(text, most) : Texts.split(text, separator, most);
  }

  private static List<Object> splitRight(String text, Arguments a) {
    String separator = a.textOrNull(0, "sep");
    int most = a.integer(1, "maxsplit", -1);
    return separator == null
        ? Texts.wordsRight(text, most)
        : Texts.splitRight(text, separator, most);
  }

  private static boolean hasAffix(Rendering r, String text, Arguments a, boolean isPrefix) {
    Object wanted = a.get(0, "prefix");
    String part = text;
    if (a.size() > 1) {
      Object end = a.get(2, "end", None.NONE);
      part = (String) Slices.slice(r, text, a.get(1, "start"), end, None.NONE);
    }
    List<Object> affixes = wanted instanceof Tuple tuple ? tuple : List.of(wanted);
    for (Object affix : affixes) {
      if (!(affix instanceof String word)) {
        throw new TemplateFault("compares the start or end of a text with " + Python.type(affix));
      }
      if (isPrefix ? part.startsWith(word) : part.endsWith(word)) {
        return true;
      }
    }
    return false;
  }

  private static String removed(String text, String affix, boolean isPrefix) {
    if (isPrefix) {
      return text.startsWith(affix) ? text.substring(affix.length()) : text;
    }
    return text.endsWith(affix) ? text.substring(0, text.length() - affix.length()) : text;
  }

  private static String swapped(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .mapToObj(Character::toString)
        .forEach(
            c -> {
              String upper = c.toUpperCase(Locale.ROOT);
              out.append(c.equals(upper) ? c.toLowerCase(Locale.ROOT) : upper);
            });
    return out.toString();
  }

  /** Every letter that follows no letter large, the others small. */
  static String title(String text) {
    StringBuilder out = new StringBuilder();
    int before = ' ';
    for (int c : text.codePoints().toArray()) {
      String letter = Character.toString(c);
      out.append(isCased(before) ? letter.toLowerCase(Locale.ROOT) : Texts.titleCase(letter));
      before = c;
    }
    return out.toString();
  }

  private static boolean isCased(int c) {
    return Character.isLowerCase(c) || Character.isUpperCase(c) || Character.isTitleCase(c);
  }

  private static List<Object> texts(Rendering r, Object elements) {
    List<Object> texts = r.python().list(elements);
    for (Object text : texts) {
      if (!(text instanceof String)) {
        throw new TemplateFault("joins " + Python.type(text) + " to a text");
      }
    }
    return texts;
  }

  /** Places are counted in code points. */
  private static long find(String text, Arguments a, boolean isLast) {
    String part = a.text(0, "sub");
    int points = text.codePointCount(0, text.length());
    int from = text.offsetByCodePoints(0, place(a.integer(1, "start", 0), points));
    int to = text.offsetByCodePoints(0, place(a.integer(2, "end", points), points));
    if (from > to) {
      return -1;
    }
    String searched = text.substring(from, to);
    int found = isLast ? searched.lastIndexOf(part) : searched.indexOf(part);
    return found < 0 ? -1 : text.codePointCount(0, from + found);
  }

  private static int place(int index, int size) {
    return Math.max(0, Math.min(size, index < 0 ? index + size : index));
  }

  private static long found(Arguments a, long place) {
    if (place < 0) {
      throw new TemplateFault(
          "looks for the index of '" + a.text(0, "sub") + "', which is not in the text");
    }
    return place;
  }

  private static long count(String text, String part) {
    return part.isEmpty() ? Python.length(text) + 1 : Texts.split(text, part, -1).size() - 1L;
  }

  private static Tuple partition(String text, Arguments a, boolean isLast) {
    String separator = a.text(0, "sep");
    int at = isLast ? text.lastIndexOf(separator) : text.indexOf(separator);
    if (at < 0) {
      return new Tuple(isLast ? List.of("", "", text) : List.of(text, "", ""));
    }
    return new Tuple(
        List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
  }

  /** Python puts the odd filling to the left where the width is odd. */
  static String centred(String text, int width, String fill) {
    int missing = Math.max(0, width - (int) Python.length(text));
    int left = missing / 2 + (missing & width & 1);
    return Texts.repeat(fill, left) + text + Texts.repeat(fill, missing - left);
  }

  private static String padded(String text, String align, Arguments a) {
    int missing = a.integer(0, "width", 0) - (int) Python.length(text);
    String filling = Texts.repeat(filling(a), missing);
    return align.equals("<") ? text + filling : filling + text;
  }

  private static String filling(Arguments a) {
    return a.has(1, "fillchar") ? a.text(1, "fillchar") : " ";
  }

  private static boolean all(String text, IntPredicate rule) {
    return !text.isEmpty() && text.codePoints().allMatch(rule);
  }

  private static boolean isCased(String text, String cased) {
    return text.equals(cased) && text.codePoints().anyMatch(Character::isLetter);
  }
}
