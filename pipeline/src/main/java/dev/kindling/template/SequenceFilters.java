package dev.kindling.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The filters of sequences and dictionaries. */
final class SequenceFilters {
  static final Map<String, Filters.Filter> ALL =
      Map.ofEntries(
          Map.entry("length", (r, v, a) -> Python.length(v)),
          Map.entry("count", (r, v, a) -> Python.length(v)),
          Map.entry("list", (r, v, a) -> r.python().list(v)),
          Map.entry("items", (r, v, a) -> CollectionMethods.items(dictionary(v))),
          Map.entry("first", (r, v, a) -> end(r, v, true)),
          Map.entry("last", (r, v, a) -> end(r, v, false)),
          Map.entry("join", SequenceFilters::join),
          Map.entry("reverse", (r, v, a) -> reverse(r, v)),
          Map.entry("map", SequenceFilters::map),
          Map.entry("select", (r, v, a) -> chosen(r, v, a, false, true)),
          Map.entry("reject", (r, v, a) -> chosen(r, v, a, false, false)),
          Map.entry("selectattr", (r, v, a) -> chosen(r, v, a, true, true)),
          Map.entry("rejectattr", (r, v, a) -> chosen(r, v, a, true, false)),
          Map.entry("unique", SequenceFilters::unique),
          Map.entry("sort", SequenceFilters::sort),
          Map.entry("dictsort", SequenceFilters::sortDictionary),
          Map.entry("groupby", SequenceFilters::group),
          Map.entry("min", (r, v, a) -> extreme(r, v, a, -1)),
          Map.entry("max", (r, v, a) -> extreme(r, v, a, 1)),
          Map.entry("sum", SequenceFilters::sum),
          Map.entry("batch", SequenceFilters::batch),
          Map.entry("slice", SequenceFilters::slices));

  private SequenceFilters() {}

  private static Map<?, ?> dictionary(Object value) {
    if (value instanceof Undefined) {
      return Map.of();
    }
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new TemplateFault("takes the items of " + Python.type(value));
  }

  private static Object end(Rendering r, Object value, boolean isFirst) {
    List<Object> elements = r.python().list(value);
    if (elements.isEmpty()) {
      return new Undefined("the sequence is empty");
    }
    return elements.get(isFirst ? 0 : elements.size() - 1);
  }

  private static Object join(Rendering r, Object value, Arguments a) {
    Function<Object, Object> attribute = attribute(r, a.get(1, "attribute", None.NONE), null);
    List<String> texts =
        r.python().list(value).stream().map(attribute).map(r.python()::text).toList();
    return Texts.join(r.python().text(a.get(0, "d", "")), texts);
  }

  private static Object reverse(Rendering r, Object value) {
    if (value instanceof String text) {
      return new StringBuilder(text).reverse().toString();
    }
    List<Object> elements = r.python().list(value);
    Collections.reverse(elements);
    return elements;
  }

  /** {@code a.b.0} of each element; the element itself for None. */
  private static Function<Object, Object> attribute(Rendering r, Object path, Object absent) {
    if (path == None.NONE) {
      return element -> element;
    }
    List<Object> steps = path instanceof String text ? Texts.split(text, ".", -1) : List.of(path);
    return element -> {
      Object value = element;
      for (Object step : steps) {
        boolean isPlace = step instanceof String name && name.matches("\\d{1,9}");
        value =
            Attributes.element(r, value, isPlace ? (Object) Long.parseLong((String) step) : step);
        if (value instanceof Undefined && absent != null) {
          return absent;
        }
      }
      return value;
    };
  }

  /** The elements of a value; jinja2 does not ask whether one that counts as false has any. */
  private static List<Object> orNothing(Rendering r, Object value) {
    return Python.truth(value) ? r.python().list(value) : List.of();
  }

  private static Object map(Rendering r, Object value, Arguments a) {
    Function<Object, Object> rule;
    if (a.positional().isEmpty()) {
      rule = attribute(r, a.get(0, "attribute"), a.named().get("default"));
    } else {
      Filters.Filter filter = Filters.named(a.text(0, "filter"));
      rule = element -> filter.apply(r, element, a.rest(1));
    }
    List<Object> mapped = new ArrayList<>();
    orNothing(r, value).forEach(element -> mapped.add(r.made(rule.apply(element))));
    return mapped;
  }

  private static Object chosen(
      Rendering r, Object value, Arguments a, boolean byAttribute, boolean isWanted) {
    Function<Object, Object> key =
        byAttribute ? attribute(r, a.get(0, "attribute"), null) : element -> element;
    Arguments rest = byAttribute ? a.rest(1) : a;
    Tests.Test test =
        rest.size() == 0 ? (q, v, none) -> Python.truth(v) : Tests.named(rest.text(0, "test"));
    return new ArrayList<>(
        orNothing(r, value).stream()
            .filter(element -> test.holds(r, key.apply(element), rest.rest(1)) == isWanted)
            .toList());
  }

  /** What elements are compared by: without case unless it matters. */
  private static Function<Object, Object> key(Rendering r, Arguments a, int caseAt, int pathAt) {
    Function<Object, Object> path = attribute(r, a.get(pathAt, "attribute", None.NONE), null);
    boolean isExact = a.flag(caseAt, "case_sensitive", false);
    return path.andThen(
        value -> value instanceof String s && !isExact ? s.toLowerCase(Locale.ROOT) : value);
  }

  private static Object unique(Rendering r, Object value, Arguments a) {
    Function<Object, Object> key = key(r, a, 0, 1);
    Map<Object, Object> first = new LinkedHashMap<>();
    r.python().list(value).forEach(e -> first.putIfAbsent(Python.key(key.apply(e)), e));
    return new ArrayList<>(first.values());
  }

  private static Comparator<Object> order(
      Rendering r, Function<Object, Object> key, boolean isReverse) {
    Comparator<Object> order = (x, y) -> Comparison.compare(r, key.apply(x), key.apply(y));
    return isReverse ? order.reversed() : order;
  }

  private static Object sort(Rendering r, Object value, Arguments a) {
    List<Object> elements = r.python().list(value);
    elements.sort(order(r, key(r, a, 1, 2), a.flag(0, "reverse", false)));
    return elements;
  }

  private static Object sortDictionary(Rendering r, Object value, Arguments a) {
    boolean byValue = "value".equals(a.get(1, "by", "key"));
    boolean isExact = a.flag(0, "case_sensitive", false);
    Function<Object, Object> key =
        item -> {
          Object part = ((Tuple) item).get(byValue ? 1 : 0);
          return part instanceof String s && !isExact ? s.toLowerCase(Locale.ROOT) : part;
        };
    List<Object> items = CollectionMethods.items(dictionary(value));
    items.sort(order(r, key, a.flag(2, "reverse", false)));
    return items;
  }

  private static Object group(Rendering r, Object value, Arguments a) {
    Function<Object, Object> path = attribute(r, a.get(0, "attribute"), a.get(1, "default", null));
    List<Object> elements = r.python().list(value);
    elements.sort(order(r, path, false));
    Map<Object, List<Object>> groups = new LinkedHashMap<>();
    elements.forEach(
        e -> groups.computeIfAbsent(Python.key(path.apply(e)), none -> new ArrayList<>()).add(e));
    List<Object> pairs = new ArrayList<>();
    groups.forEach((grouper, list) -> pairs.add(new Tuple(List.of(grouper, list))));
    return pairs;
  }

  private static Object extreme(Rendering r, Object value, Arguments a, int sign) {
    Function<Object, Object> key = key(r, a, 0, 1);
    Object best = null;
    for (Object element : r.python().list(value)) {
      if (best == null || sign * Comparison.compare(r, key.apply(element), key.apply(best)) > 0) {
        best = element;
      }
    }
    return best == null ? new Undefined("the sequence is empty") : best;
  }

  private static Object sum(Rendering r, Object value, Arguments a) {
    Function<Object, Object> path = attribute(r, a.get(0, "attribute", None.NONE), null);
    Object sum = a.get(1, "start", 0L);
    for (Object element : r.python().list(value)) {
      sum = Operators.binary(r, "+", sum, path.apply(element));
    }
    return sum;
  }

  private static Object batch(Rendering r, Object value, Arguments a) {
    int size = Math.max(1, a.integer(0, "linecount", 1));
    List<Object> elements = r.python().list(value);
    List<Object> batches = new ArrayList<>();
    for (int from = 0; from < elements.size(); from += size) {
      int to = (int) Math.min(elements.size(), (long) from + size);
      batches.add(filled(new ArrayList<>(elements.subList(from, to)), size, a));
    }
    return batches;
  }

  private static List<Object> filled(List<Object> row, int size, Arguments a) {
    Object filling = a.get(1, "fill_with", None.NONE);
    Budget.requireText(filling == None.NONE ? 0 : size);
    while (filling != None.NONE && row.size() < size) {
      row.add(filling);
    }
    return row;
  }

  /** So many slices, the longer ones first; a filling makes all of one length. */
  private static Object slices(Rendering r, Object value, Arguments a) {
    int count = Math.max(1, a.integer(0, "slices", 1));
    r.budget().charge(count);
    List<Object> elements = r.python().list(value);
    int length = elements.size() / count;
    int longer = elements.size() % count;
    List<Object> slices = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < count; i++) {
      int to = from + length + (i < longer ? 1 : 0);
      List<Object> slice = new ArrayList<>(elements.subList(from, to));
      slices.add(longer > 0 && i >= longer ? filled(slice, length + 1, a) : slice);
      from = to;
    }
    return slices;
  }
}
