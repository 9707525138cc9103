package dev.kindling.template;

import java.util.List;

/** What a value is assigned to. */
@FunctionalInterface
interface Target {
  void assign(Rendering rendering, Object value);

  /** A variable of the innermost scope. */
  static Target variable(String name) {
    return (rendering, value) -> rendering.scope().set(name, value);
  }

  /** An attribute of a namespace. */
  static Target attribute(String namespace, String attribute) {
    return (rendering, value) -> {
      if (!(rendering.scope().get(namespace) instanceof Namespace target)) {
        throw new TemplateFault("sets an attribute of " + namespace + ", which is no namespace");
      }
      target.attributes().put(attribute, value);
    };
  }

  /** Several targets, which take the elements of a sequence of their number. */
  static Target all(List<Target> targets) {
    return (rendering, value) -> {
      List<Object> values = rendering.python().list(value);
      if (values.size() != targets.size()) {
        throw new TemplateFault(
            "unpacks " + values.size() + " values into " + targets.size() + " variables");
      }
      for (int i = 0; i < values.size(); i++) {
        targets.get(i).assign(rendering, values.get(i));
      }
    };
  }
}
