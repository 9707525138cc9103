package dev.kindling.template;

import com.hubspot.jinjava.interpret.InterpretException;

/** What is wrong with a template, or with what it was given; the library lets it pass as it is. */
final class TemplateFault extends InterpretException {
  private static final long serialVersionUID = 1L;

  /** A fault told in one sentence. */
  TemplateFault(String message) {
    super(message);
  }

  /** A fault that another exception tells of. */
  TemplateFault(String message, Throwable cause) {
    super(message, cause);
  }
}
