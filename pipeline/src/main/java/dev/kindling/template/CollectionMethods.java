package dev.kindling.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The methods of Python's dictionaries, lists and tuples that change nothing. */
final class CollectionMethods {
  private CollectionMethods() {}

  /** A method of a dictionary; null where there is none of that name. */
  static Callable ofMap(Map<?, ?> map, String name) {
    return switch (name) {
      case "get" ->
          (r, a) -> {
            Object value = map.get(Python.key(a.get(0, "key")));
            return value != null ? value : a.get(1, "default", None.NONE);
          };
      case "items" -> (r, a) -> r.made(items(map));
      case "keys" -> (r, a) -> r.made(new ArrayList<Object>(map.keySet()));
      case "values" -> (r, a) -> r.made(new ArrayList<Object>(map.values()));
      case "copy" ->
          (r, a) -> {
            r.budget().charge(map.size());
            return new LinkedHashMap<Object, Object>(map);
          };
      default -> null;
    };
  }

  static List<Object> items(Map<?, ?> map) {
    List<Object> items = new ArrayList<>();
    map.forEach((key, value) -> items.add(new Tuple(List.of(key, value))));
    return items;
  }

  /** A method of a list or tuple; null where there is none of that name. */
  static Callable ofList(List<?> list, String name) {
    return switch (name) {
      case "index" ->
          (r, a) -> {
            for (int i = 0; i < list.size(); i++) {
              if (r.python().equal(list.get(i), a.get(0, "value"))) {
                return (long) i;
              }
            }
            throw new TemplateFault("looks for the index of a value that is not in the list");
          };
      case "count" ->
          (r, a) -> list.stream().filter(e -> r.python().equal(e, a.get(0, "value"))).count();
      case "copy" -> (r, a) -> r.made(new ArrayList<Object>(list));
      default -> null;
    };
  }
}
