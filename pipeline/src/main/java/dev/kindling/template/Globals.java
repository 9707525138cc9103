package dev.kindling.template;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that every template of transformers has. */
final class Globals {
  private static final long MOST_RANGE = 100_000;

  private Globals() {}

  /** Sets them as variables. */
  static void define(Variables scope) {
    scope.set("namespace", (Callable) (r, a) -> new Namespace(dictionary(r, a)));
    scope.set("dict", (Callable) (r, a) -> new LinkedHashMap<Object, Object>(dictionary(r, a)));
    scope.set("range", (Callable) (r, a) -> r.made(range(a)));
    scope.set("cycler", (Callable) (r, a) -> cycler(a));
    scope.set("joiner", (Callable) (r, a) -> joiner(a));
    scope.set(
        "raise_exception",
        (Callable)
            (r, a) -> {
              throw new TemplateException(r.python().text(a.get(0, "message")));
            });
  }

  /** {@code strftime_now} of a fixed day: nothing in a run comes from the clock. */
  static Callable strftime(LocalDate day) {
    return (r, a) -> Strftime.format(day, a.text(0, "format"));
  }

  private static Map<String, Object> dictionary(Rendering r, Arguments a) {
    Map<String, Object> entries = new LinkedHashMap<>();
    if (a.size() > 0) {
      if (a.get(0, "mapping") instanceof Map<?, ?> map) {
        map.forEach((key, value) -> entries.put(r.python().text(key), value));
      } else {
        for (Object pair : r.python().list(a.get(0, "mapping"))) {
          List<Object> parts = r.python().list(pair);
          entries.put(r.python().text(parts.get(0)), parts.get(1));
        }
      }
    }
    entries.putAll(a.named());
    return entries;
  }

  private static List<Object> range(Arguments a) {
    long from = a.size() > 1 ? a.integer(0, "start", 0) : 0;
    long to = a.integer(a.size() > 1 ? 1 : 0, "stop", 0);
    long step = a.integer(2, "step", 1);
    if (step == 0) {
      throw new TemplateFault("takes a range with step 0");
    }
    long size = Math.max(0, (to - from + step - Long.signum(step)) / step);
    if (size > MOST_RANGE) {
      throw new TemplateFault(
          "takes a range of " + size + " numbers (most are " + MOST_RANGE + ")");
    }
    List<Object> numbers = new ArrayList<>((int) size);
    for (long i = 0; i < size; i++) {
      numbers.add(from + i * step);
    }
    return numbers;
  }

  private static Cycle cycler(Arguments a) {
    if (a.size() == 0) {
      throw new TemplateFault("makes a cycler of nothing");
    }
    return new Cycle(a.positional());
  }

  /** Gives nothing when it is first called, then its separator. */
  private static Callable joiner(Arguments a) {
    Object separator = a.get(0, "sep", ", ");
    Cycle first = new Cycle(List.of("", separator));
    return (r, none) -> {
      boolean isFirst = first.attribute("current").equals("");
      if (isFirst) {
        r.call(first.attribute("next"), none);
      }
      return isFirst ? "" : separator;
    };
  }
}
