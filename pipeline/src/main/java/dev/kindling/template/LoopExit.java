package dev.kindling.template;

/** {@code break} or {@code continue} on its way to its loop, with the text written until then. */
final class LoopExit extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean isBreak;
  private final String text;

  LoopExit(boolean isBreak, String text) {
    super(isBreak ? "break outside of a loop" : "continue outside of a loop");
    this.isBreak = isBreak;
    this.text = text;
  }

  boolean isBreak() {
    return isBreak;
  }

  String text() {
    return text;
  }

  /** The same exit from a block that had written something before. */
  LoopExit after(CharSequence before) {
    return new LoopExit(isBreak, before + text);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this; // control flow: nobody reads where it came from
  }
}
