package dev.kindling.template;

import java.util.ArrayList;
import java.util.List;

/** Python's slices {@code value[from:to:step]}. */
final class Slices {
  private Slices() {}

  /** A slice of a text, list or tuple; bounds and step may be None. */
  static Object slice(Rendering r, Object value, Object from, Object to, Object step) {
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
    if (!(value instanceof String) && !(value instanceof List)) {
      throw new TemplateFault("takes a slice of " + Python.type(value));
    }
    List<Object> elements = r.python().list(value);
    List<Object> taken = new ArrayList<>();
    long size = elements.size();
    long stride = bound(step, 1);
    if (stride == 0) {
      throw new TemplateFault("takes a slice with step 0");
    }
    long lowest = stride > 0 ? 0 : -1;
    long highest = stride > 0 ? size : size - 1;
    long start = clamp(from, stride > 0 ? lowest : highest, size, lowest, highest);
    long end = clamp(to, stride > 0 ? highest : lowest, size, lowest, highest);
    for (long i = start; stride > 0 ? i < end : i > end; i += stride) {
      taken.add(elements.get((int) i));
    }
    if (value instanceof String) {
      return r.made(Texts.join("", taken));
    }
    return r.made(value instanceof Tuple ? new Tuple(taken) : taken);
  }

  private static long clamp(Object bound, long absent, long size, long lowest, long highest) {
    if (bound == None.NONE) {
      return absent;
    }
    long place = bound(bound, 0);
    return Math.max(lowest, Math.min(highest, place < 0 ? place + size : place));
  }

  private static long bound(Object value, long absent) {
    if (value == None.NONE) {
      return absent;
    }
    if (Integers.is(value)) {
      // Far beyond any sequence, and far from an overflow.
      return Math.max(-(1L << 40), Math.min(1L << 40, Integers.toLong(value)));
    }
    throw new TemplateFault("takes a slice with " + Python.type(value) + " as a bound");
  }
}
