package dev.kindling.template;

/**
 * A name, attribute or element that there is not: empty as text, sequence and condition, refused by
 * everything else, as jinja2's {@code Undefined}.
 *
 * @param reason what there is not, for the message of a refusal
 */
record Undefined(String reason) {
  /** Stands for any of them among the keys of a dictionary. */
  static final Undefined KEY = new Undefined("a key is undefined");

  static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  TemplateFault fault() {
    return new TemplateFault(reason);
  }
}
