package dev.kindling.template;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code namespace(…)} makes: the one value whose attributes a template may set.
 *
 * @param attributes by name
 */
record Namespace(Map<String, Object> attributes) {
  Namespace {
    attributes = new LinkedHashMap<>(attributes);
  }
}
