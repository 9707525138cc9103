package dev.kindling.command;

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
