package dev.kindling.template;

import java.util.List;
import java.util.Map;

/**
 * What a call is given.
 *
 * @param function what is called, for messages
 * @param positional by place
 * @param named by name, in the order of the call
 */
record Arguments(String function, List<Object> positional, Map<String, Object> named) {
  int size() {
    return positional.size();
  }

  boolean has(int place, String name) {
    return place < positional.size() || named.containsKey(name);
  }

  /** An argument by place or name. */
  Object get(int place, String name, Object absent) {
    return place < positional.size() ? positional.get(place) : named.getOrDefault(name, absent);
  }

  /** An argument that must be there. */
  Object get(int place, String name) {
    Object value = get(place, name, null);
    if (value == null) {
      throw new TemplateFault(function + " misses its argument " + name);
    }
    return value;
  }

  String text(int place, String name) {
    if (get(place, name) instanceof String text) {
      return text;
    }
    throw refused(name, get(place, name), "text");
  }

  /** A text; null where there is none, or None. */
  String textOrNull(int place, String name) {
    Object value = get(place, name, None.NONE);
    return value == None.NONE ? null : text(place, name);
  }

  /** An integer of 32 bits; a larger one counts as the largest. */
  int integer(int place, String name, int absent) {
    Object value = get(place, name, (long) absent);
    if (Integers.is(value)) {
      long number = Integers.toLong(value);
      return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number));
    }
    throw refused(name, value, "an integer");
  }

  boolean flag(int place, String name, boolean absent) {
    return Python.truth(get(place, name, absent));
  }

  /** All but the first arguments. */
  Arguments rest(int count) {
    int from = Math.min(count, positional.size());
    return new Arguments(function, positional.subList(from, positional.size()), named);
  }

  private TemplateFault refused(String name, Object value, String wanted) {
    return new TemplateFault(
        function + " takes " + wanted + " as " + name + ", not " + Python.type(value));
  }
}
