package dev.kindling.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A macro, or the block of a {@code call}: renders its body where it was defined, with its
 * parameters set.
 *
 * @param signature name, parameters and their defaults
 * @param body what it renders
 * @param scope the scope that it was defined in
 */
record Macro(Statement.Signature signature, List<Node> body, Variables scope) implements Callable {
  @Override
  public Object call(Rendering r, Arguments arguments) {
    Variables inner = new Variables(scope);
    List<String> parameters = signature.parameters();
    Map<String, Object> rest = new LinkedHashMap<>(arguments.named());
    return r.within(
        inner,
        () -> {
          for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            Object given = arguments.get(i, parameter, null);
            rest.remove(parameter);
            inner.set(parameter, given != null ? given : signature.defaults().get(i).value(r));
          }
          Object caller = rest.remove("caller");
          inner.set("caller", caller != null ? caller : Undefined.name("caller"));
          inner.set("varargs", new Tuple(arguments.rest(parameters.size()).positional()));
          inner.set("kwargs", rest);
          return r.body(body);
        });
  }

  /** An attribute; null where there is none of that name. */
  Object attribute(String name) {
    return switch (name) {
      case "name" -> signature.name();
      case "arguments" -> new Tuple(List.copyOf(signature.parameters()));
      default -> null;
    };
  }
}
