package dev.kindling.template;

/** What is wrong with a template, or with what it was given; its reader adds which it is. */
final class TemplateFault extends RuntimeException {
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
