package dev.kindling.command;

import dev.kindling.check.InvalidInputException;
import dev.kindling.check.LocaleEncoding;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/**
 * The command line. Exit codes: 0 done, 1 our fault, 2 the user's mistake, 3 interrupted, 4 another
 * driver holds the run.
 */
@Command(
    name = "submit.sh",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Reinforcement learning post-training for language models as a Spark pipeline.",
      "Without a command: the quick start, a cold start and its escape."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 1 a fault of Kindling, 2 a mistake in input, 3 interrupted",
      "(resumable), 4 another driver holds the run (try later).",
      "Example: ./submit.sh train --config conf/finqa.yaml --config conf/tiny.yaml --data train.json"
    })
public final class Main implements Callable<Integer> {
  /** A mistake in what the user gave. */
  static final int USERS_MISTAKE = 2;

  /** A fault of ours. */
  static final int OUR_FAULT = 1;

  /** Stopped by a signal; the run can be resumed. */
  static final int INTERRUPTED = 3;

  /** Another driver holds the run; once it ends, the same command goes on. */
  static final int TRY_LATER = 4;

  @Spec private CommandSpec spec;

  /** The jar's version. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"kindling " + version()};
    }
  }

  /** Version of this build, or {@code development} outside a jar. */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return 0;
  }

  /**
   * Runs one command and exits with its code. Where the process is a cluster's (Spark's deploy mode
   * {@code cluster}) it returns instead, so that the cluster can end what it has begun.
   *
   * @throws CommandFailedException there, if the code is not 0: clusters show its message
   */
  public static void main(String[] arguments) {
    boolean ownsProcess = !new SparkConf().get("spark.submit.deployMode", "").equals("cluster");
    if (ownsProcess) {
      Console.setUp();
      System.exit(run(Console.writer(System.err), arguments));
    }
    StringWriter said = new StringWriter();
    int code = run(new PrintWriter(said, true), arguments);
    if (code != 0) {
      throw new CommandFailedException(code, said.toString().strip());
    }
  }

  private static int run(PrintWriter err, String... arguments) {
    if (isRefused(err)) {
      return USERS_MISTAKE;
    }
    CommandLine commandLine = commandLine();
    Interruption interruption = Interruption.watch(() -> wantsResume(commandLine));
    commandLine
        .setExecutionExceptionHandler(interruption.unlessStopping(Main::explain))
        .setOut(Console.writer(System.out))
        .setErr(err);
    int code = run(commandLine, arguments);
    SparkSession.getDefaultSession().foreach(Main::stop);
    interruption.mainHasEnded();
    return code;
  }

  /** Whether the command that was given has the option to go on. */
  private static boolean wantsResume(CommandLine commandLine) {
    CommandLine.ParseResult parsed = commandLine.getParseResult();
    return parsed != null
        && parsed.hasSubcommand()
        && parsed.subcommand().commandSpec().findOption("--resume") != null;
  }

  /**
   * Runs one command in a process that goes on after it, such as a notebook's, on the session that
   * is there.
   *
   * @return its exit code
   */
  public static int run(String... arguments) {
    return isRefused(Console.writer(System.err)) ? USERS_MISTAKE : run(commandLine(), arguments);
  }

  /** Tells why the program cannot run here, before a class that another Spark lacks is loaded. */
  private static boolean isRefused(PrintWriter err) {
    Optional<String> refusal = Platform.here().refusal();
    refusal.ifPresent(err::println);
    return refusal.isPresent();
  }

  private static int run(CommandLine commandLine, String... arguments) {
    try {
      LocaleEncoding.requireWhole(List.of(arguments));
    } catch (InvalidInputException mistake) {
      mistake.violations().forEach(commandLine.getErr()::println);
      return USERS_MISTAKE;
    }
    return commandLine.execute(arguments);
  }

  private static Object stop(SparkSession session) {
    session.stop();
    return null;
  }

  /** The command line, for {@link #main} and tests. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Main());
    Stream.of(
            new QuickStartCommand(),
            new TrainCommand(),
            new PretrainCommand(),
            new PrepareCommand())
        .forEach(commandLine::addSubcommand);
    StageCommand.all().forEach(stage -> commandLine.addSubcommand(stage.getCommandName(), stage));
    Stream.of(
            new StagesCommand(),
            new EvaluateCommand(),
            new ExportCommand(),
            new ProfileCommand(),
            new ReportCommand(),
            new RegisterCommand(),
            new PlanCommand(),
            new BenchCommand(),
            new TheoryCommand(),
            new DoctorCommand(),
            new HelpCommand())
        .forEach(commandLine::addSubcommand);
    commandLine.setExecutionStrategy(Main::runLast);
    commandLine.setExecutionExceptionHandler(Main::explain);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setAbbreviatedOptionsAllowed(true);
    return commandLine;
  }

  private static int runLast(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } catch (VirtualMachineError | LinkageError | FSError failure) {
      // Such as memory or a disk that ran out: picocli passes exceptions on to the handler, but no
      // errors.
      throw new ExecutionException(parsed.commandSpec().commandLine(), "An error", failure);
    }
  }

  private static int explain(Exception failure, CommandLine commandLine, ParseResult parsed) {
    Failure explained = Failure.of(failure);
    explained.lines().forEach(commandLine.getErr()::println);
    return explained.code();
  }
}
