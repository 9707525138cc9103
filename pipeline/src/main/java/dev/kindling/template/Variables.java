package dev.kindling.template;

import java.util.HashMap;
import java.util.Map;

/** The variables that a block of a template sees: its own and those of the blocks around it. */
final class Variables {
  private final Variables outer;
  private final Map<String, Object> variables = new HashMap<>();

  Variables(Variables outer) {
    this.outer = outer;
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  /** The value of a variable; undefined where no block has it. */
  Object get(String name) {
    for (Variables scope = this; scope != null; scope = scope.outer) {
      Object value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return Undefined.name(name);
  }
}
