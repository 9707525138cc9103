package dev.kindling.io;

/** Another driver holds a run: nobody's mistake, and over once that driver ends. */
public final class RunInUseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RunInUseException(String message) {
    super(message);
  }

  RunInUseException(String message, Throwable cause) {
    super(message, cause);
  }
}
