package dev.kindling.template;

import com.hubspot.jinjava.interpret.InterpretException;

/** {@code raise_exception(message)}: the template refuses the messages that it was given. */
final class RaisedByTemplate extends InterpretException {
  private static final long serialVersionUID = 1L;

  /** An exception with the template's own message. */
  RaisedByTemplate(String message) {
    super(message);
  }
}
