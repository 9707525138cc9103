package dev.kindling.template;

/** What a template can call: a function, a method of a value, a macro. */
@FunctionalInterface
interface Callable {
  Object call(Rendering rendering, Arguments arguments);
}
