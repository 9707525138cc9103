package dev.kindling.template;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's {@code json.dumps}. */
final class Json {
  private final Budget budget;
  private final boolean isAscii;
  private final String indent;
  private final String comma;
  private final String colon;
  private final boolean isSorted;
  private final StringBuilder out = new StringBuilder();

  private Json(Budget budget, Arguments a) {
    this.budget = budget;
    this.isAscii = a.flag(0, "ensure_ascii", false);
    Object width = a.get(1, "indent", None.NONE);
    this.indent =
        width == None.NONE
            ? null
            : width instanceof String text ? text : Texts.repeat(" ", a.integer(1, "indent", 0));
    Object separators = a.get(2, "separators", None.NONE);
    boolean isGiven = separators instanceof List<?> pair && pair.size() == 2;
    this.comma = isGiven ? (String) ((List<?>) separators).get(0) : indent == null ? ", " : ",";
    this.colon = isGiven ? (String) ((List<?>) separators).get(1) : ": ";
    this.isSorted = a.flag(3, "sort_keys", false);
  }

  /**
   * The JSON of a value.
   *
   * @param arguments {@code ensure_ascii, indent, separators, sort_keys}, as transformers' {@code
   *     tojson} has them
   */
  static String dumps(Rendering r, Object value, Arguments arguments) {
    Json json = new Json(r.budget(), arguments);
    json.value(value, "\n");
    return json.out.toString();
  }

  private void value(Object value, String line) {
    budget.charge(1);
    Budget.requireText(out.length());
    if (value instanceof String text) {
      string(text);
    } else if (value instanceof Double number) {
      out.append(number(number));
    } else if (value instanceof List<?> list) {
      elements("[", list.iterator(), "]", line);
    } else if (value instanceof Map<?, ?> map) {
      Iterator<?> entries =
          isSorted
              ? map.entrySet().stream()
                  .sorted((a, b) -> Texts.compare(key(a.getKey()), key(b.getKey())))
                  .iterator()
              : map.entrySet().iterator();
      elements("{", entries, "}", line);
    } else if (value instanceof Map.Entry<?, ?> entry) {
      string(key(entry.getKey()));
      out.append(colon);
      value(entry.getValue(), line);
    } else if (Integers.is(value)) {
      out.append(value);
    } else if (value == None.NONE) {
      out.append("null");
    } else {
      throw new TemplateFault("writes " + Python.type(value) + " as JSON");
    }
  }

  private static String key(Object key) {
    if (key == None.NONE) {
      return "null";
    }
    return key instanceof Double number ? number(number) : key.toString();
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Python.number(value);
  }

  private void elements(String start, Iterator<?> elements, String end, String line) {
    budget.enter();
    out.append(start);
    boolean isEmpty = !elements.hasNext();
    String inner = indent == null ? "" : line + indent;
    while (elements.hasNext()) {
      out.append(inner);
      value(elements.next(), inner);
      out.append(elements.hasNext() ? comma : "");
    }
    out.append(isEmpty || indent == null ? "" : line).append(end);
    budget.leave();
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int simple = "\"\\\n\r\t\f\b".indexOf(c);
      if (simple >= 0) {
        out.append('\\').append("\"\\nrtfb".charAt(simple));
      } else if (c < ' ' || (isAscii && c > '~')) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
