package dev.kindling.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code format % values} and {@code format.format(…)}. */
final class Format {
  private static final Pattern PERCENT =
      Pattern.compile("%(?:\\((\\w+)\\))?([-0+ #]*)(\\d*)(?:\\.(\\d+))?([a-zA-Z%])");
  private static final Pattern SPEC =
      Pattern.compile(
          "(?:(.)?([<>^]))?([+ ]?)(0?)(\\d*)(,?)(?:\\.(\\d+))?([a-z%]?)", Pattern.DOTALL);

  private Format() {}

  static String percent(Rendering r, String format, Object values) {
    List<?> list = values instanceof Tuple tuple ? tuple : List.of(values);
    Matcher matcher = PERCENT.matcher(format);
    StringBuilder out = new StringBuilder();
    int next = 0;
    while (matcher.find()) {
      String written = "%";
      if (!matcher.group(5).equals("%")) {
        Object value;
        if (matcher.group(1) != null && values instanceof Map<?, ?> map) {
          value = map.get(matcher.group(1));
        } else if (next < list.size()) {
          value = list.get(next++);
        } else {
          throw new TemplateFault("has not enough values for the format '" + format + "'");
        }
        String flags = matcher.group(2);
        String plain = formatted(r, value, matcher.group(5), matcher.group(4), flags);
        String fill = flags.contains("0") && Python.isNumber(value) ? "0" : " ";
        written = pad(plain, flags.contains("-") ? "<" : ">", fill, width(matcher.group(3)));
      }
      matcher.appendReplacement(out, Matcher.quoteReplacement(written));
      Budget.requireText(out.length());
    }
    matcher.appendTail(out);
    return out.toString();
  }

  /** {@code format.format(…)} with fields by place or name and the usual specifications. */
  static String fields(Rendering r, String format, Arguments arguments) {
    StringBuilder out = new StringBuilder();
    int next = 0;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if ((c == '{' || c == '}') && i + 1 < format.length() && format.charAt(i + 1) == c) {
        out.append(c);
        i++;
      } else if (c == '{') {
        int end = format.indexOf('}', i);
        if (end < 0) {
          throw new TemplateFault("has a { without } in the format '" + format + "'");
        }
        String field = format.substring(i + 1, end);
        int colon = field.indexOf(':');
        String name = colon < 0 ? field : field.substring(0, colon);
        Object value = value(arguments, name.isEmpty() ? Integer.toString(next++) : name);
        out.append(specified(r, value, colon < 0 ? "" : field.substring(colon + 1)));
        i = end;
      } else {
        out.append(c);
      }
      Budget.requireText(out.length());
    }
    return out.toString();
  }

  private static Object value(Arguments arguments, String name) {
    boolean isPlace = name.matches("\\d{1,4}");
    return isPlace
        ? arguments.get(Integer.parseInt(name), name)
        : arguments.get(Integer.MAX_VALUE, name);
  }

  private static String specified(Rendering r, Object value, String spec) {
    Matcher m = SPEC.matcher(spec);
    if (!m.matches()) {
      throw new TemplateFault("has the unknown format '" + spec + "'");
    }
    String plain = formatted(r, value, m.group(8), m.group(7), m.group(3));
    if (!m.group(6).isEmpty()) {
      plain = grouped(plain);
    }
    boolean isZero = !m.group(4).isEmpty();
    String fill = m.group(1) != null ? m.group(1) : isZero ? "0" : " ";
    String align = m.group(2) != null ? m.group(2) : Python.isNumber(value) ? ">" : "<";
    return pad(plain, align, fill, width(m.group(5)));
  }

  /** Commas between the thousands of what stands before the point. */
  private static String grouped(String number) {
    int start = 0;
    while (start < number.length() && !Character.isDigit(number.charAt(start))) {
      start++;
    }
    int end = start;
    while (end < number.length() && Character.isDigit(number.charAt(end))) {
      end++;
    }
    StringBuilder out = new StringBuilder(number);
    for (int place = end - 3; place > start; place -= 3) {
      out.insert(place, ',');
    }
    return out.toString();
  }

  private static int width(String digits) {
    return digits.isEmpty()
        ? 0
        : digits.length() > 7 ? Budget.MOST_TEXT + 1 : Integer.parseInt(digits);
  }

  private static String formatted(
      Rendering r, Object value, String type, String precision, String flags) {
    if (value == null) {
      throw new TemplateFault("has no value for a field of a format");
    }
    String plain =
        switch (type) {
          case "d", "i" -> whole(value).toString();
          case "f", "F" ->
              fixed(Python.toDouble(number(value)), precision == null ? 6 : width(precision));
          case "%" ->
              fixed(100 * Python.toDouble(number(value)), precision == null ? 6 : width(precision))
                  + "%";
          case "x" -> whole(value).toString(16);
          case "r" -> quoted(r, value);
          case "s", "" -> cut(r.python().text(value), precision);
          default -> throw new TemplateFault("has the unknown format type " + type);
        };
    boolean isPositive = Python.isNumber(value) && !plain.startsWith("-");
    return flags.contains("+") && isPositive ? "+" + plain : plain;
  }

  private static BigInteger whole(Object value) {
    return Integers.big(number(value) instanceof Double real ? Integers.of(real) : value);
  }

  private static String quoted(Rendering r, Object value) {
    String list = r.python().text(List.of(value));
    return list.substring(1, list.length() - 1);
  }

  private static String cut(String text, String precision) {
    return precision == null ? text : text.substring(0, Math.min(text.length(), width(precision)));
  }

  private static Object number(Object value) {
    if (!Python.isNumber(value)) {
      throw new TemplateFault("formats " + Python.type(value) + " as a number");
    }
    return value;
  }

  /** A number with so many digits behind the point, half to even. */
  static String fixed(double value, int digits) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Python.number(value);
    }
    return new BigDecimal(value)
        .setScale(Math.min(digits, 400), RoundingMode.HALF_EVEN)
        .toPlainString();
  }

  /** A text filled up to a width in code points. */
  static String pad(String text, String align, String fill, int width) {
    int missing = width - text.codePointCount(0, text.length());
    if (missing <= 0) {
      return text;
    }
    if (fill.equals("0")
        && align.equals(">")
        && !text.isEmpty()
        && "+-".indexOf(text.charAt(0)) >= 0) {
      return text.charAt(0) + "0".repeat(missing) + text.substring(1);
    }
    int left = align.equals(">") ? missing : align.equals("<") ? 0 : missing / 2;
    return Texts.repeat(fill, left) + text + Texts.repeat(fill, missing - left);
  }
}
