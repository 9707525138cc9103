package dev.kindling.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.SparkTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * What a command gave back and printed, run in this process on the session of the tests.
 *
 * @param code exit code
 * @param out standard output
 * @param err standard error of the command line, without logs
 */
record CommandResult(int code, String out, String err) {
  /** Runs a command that is done without a word of complaint. */
  static void ok(String... arguments) {
    CommandResult result = of(arguments);
    assertThat(result.err()).as(String.join("\u00b7", arguments)).isEmpty();
    assertThat(result.code()).isZero();
  }

  /** Runs a command that the user is told no mistake of but this one. */
  static void refuses(String message, String... arguments) {
    CommandResult result = of(arguments);
    assertThat(result.err().strip()).isEqualTo(message);
    assertThat(result.code()).isEqualTo(Main.USERS_MISTAKE);
  }

  /** Runs one command. */
  static CommandResult of(String... arguments) {
    // Commands take the session that is there, as they do under spark-submit.
    SparkTest.session();
    CommandLine commandLine = Main.commandLine();
    StringWriter err = new StringWriter();
    commandLine.setErr(new PrintWriter(err, true));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream console = System.out;
    try (PrintStream captured = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      int code = commandLine.execute(arguments);
      return new CommandResult(code, out.toString(StandardCharsets.UTF_8), err.toString());
    } finally {
      System.setOut(console);
    }
  }
}
