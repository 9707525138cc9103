package dev.kindling.template;

/** A part of a template: data, an expression that is printed, or a block. */
@FunctionalInterface
interface Node {
  /** What the part writes. */
  String text(Rendering rendering);
}
