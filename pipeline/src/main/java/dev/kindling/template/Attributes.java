package dev.kindling.template;

import java.util.List;
import java.util.Map;

/**
 * What {@code value.name} and {@code value[key]} are. Values have the attributes that are listed
 * here and no others; nothing looks into a Java class.
 */
final class Attributes {
  private Attributes() {}

  /** {@code value.name}: a method or attribute, else the element of that key. */
  static Object attribute(Rendering r, Object value, String name) {
    Object own = own(r, value, name);
    if (own != null) {
      return own;
    }
    if (value instanceof Map<?, ?> map && map.containsKey(name)) {
      return map.get(name);
    }
    return missing(value, name);
  }

  /** {@code value[key]}: an element, else the attribute of that name. */
  static Object element(Rendering r, Object value, Object key) {
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
    if (value instanceof Map<?, ?> map) {
      Object element = key instanceof List || key instanceof Map ? null : map.get(Python.key(key));
      if (element != null) {
        return element;
      }
    } else if (Integers.is(key)) {
      Object element = at(r, value, Integers.toLong(key));
      if (element != null) {
        return element;
      }
    }
    Object own = key instanceof String name ? own(r, value, name) : null;
    return own != null ? own : missing(value, r.python().text(key));
  }

  private static Object at(Rendering r, Object value, long index) {
    if (!(value instanceof List) && !(value instanceof String)) {
      return null;
    }
    List<?> elements = value instanceof List<?> list ? list : r.python().list(value);
    long place = index < 0 ? index + elements.size() : index;
    return place >= 0 && place < elements.size() ? elements.get((int) place) : null;
  }

  /** An attribute that the type of the value has; null where it has none of that name. */
  private static Object own(Rendering r, Object value, String name) {
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    } else if (value instanceof String text) {
      return StringMethods.method(text, name);
    } else if (value instanceof Map<?, ?> map) {
      return CollectionMethods.ofMap(map, name);
    } else if (value instanceof List<?> list) {
      return CollectionMethods.ofList(list, name);
    } else if (value instanceof Namespace namespace) {
      return namespace.attributes().get(name);
    } else if (value instanceof LoopState loop) {
      return loop.attribute(r, name);
    } else if (value instanceof Macro macro) {
      return macro.attribute(name);
    } else if (value instanceof Cycle cycle) {
      return cycle.attribute(name);
    }
    return null;
  }

  private static Undefined missing(Object value, String name) {
    return new Undefined(
        "'" + Python.type(value).replaceFirst("^an? ", "") + "' has no attribute '" + name + "'");
  }
}
