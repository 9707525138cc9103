package dev.kindling.command;

/**
 * How a command ends that failed in a process of the cluster's, which shows the message in place of
 * an exit code: in the diagnostics of YARN, for example.
 */
public final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * The end of a command.
   *
   * @param code exit code, as of {@link Main}
   * @param said what it said
   */
  CommandFailedException(int code, String said) {
    super("Exit code " + code + ": " + said);
  }
}
