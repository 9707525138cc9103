package dev.kindling.template;

/**
 * A template that cannot be rendered, with a message for its user: what {@code raise_exception}
 * says, else which template has which fault.
 */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal in the template's own words. */
  TemplateException(String message) {
    super(message);
  }

  /** A fault of a template. */
  TemplateException(String message, Throwable cause) {
    super(message, cause);
  }
}
