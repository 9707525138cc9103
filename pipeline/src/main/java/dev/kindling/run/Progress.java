package dev.kindling.run;

import dev.kindling.row.MetricsRow;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a person sees while stages run: on a terminal a bar of the stage's Spark tasks, when piped
 * nothing until the stage ends; then one line for the stage.
 */
public final class Progress implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

  private final SparkSession spark;
  private final Optional<PrintStream> terminal;
  private final boolean stageLines;
  private final Tasks tasks = new Tasks();

  private Progress(SparkSession spark, Optional<PrintStream> terminal, boolean stageLines) {
    this.spark = spark;
    this.terminal = terminal;
    this.stageLines = stageLines;
    spark.sparkContext().addSparkListener(tasks);
  }

  // From JDK 22 on a console may be there without a terminal: then a bar shows in a file, no harm.
  @SuppressWarnings("SystemConsoleNull")
  private static Optional<PrintStream> terminal() {
    return System.console() == null ? Optional.empty() : Optional.of(System.err);
  }

  /** Progress with a line for every stage. */
  public static Progress ofStages(SparkSession spark) {
    return new Progress(spark, terminal(), true);
  }

  /** Progress with a line for every step, for runs of many short ones. */
  public static Progress ofSteps(SparkSession spark) {
    return new Progress(spark, terminal(), false);
  }

  /** Progress with bars on a terminal. */
  static Progress onTerminal(SparkSession spark, PrintStream terminal) {
    return new Progress(spark, Optional.of(terminal), true);
  }

  /** A stage's work. */
  public interface Work {
    /** Does it and gives the number of rows written. */
    long run() throws IOException;
  }

  /**
   * Counts the tasks of the jobs that run, and moves the bar, which is there from the first job on:
   * before it nobody knows how many tasks there are.
   */
  private static final class Tasks extends SparkListener {
    private Function<Long, ProgressBar> waiting;
    private ProgressBar bar;

    synchronized void begin(Function<Long, ProgressBar> barOfTasks) {
      waiting = barOfTasks;
    }

    synchronized boolean isBusy() {
      return waiting != null;
    }

    synchronized void end() {
      if (bar != null) {
        bar.close();
      }
      waiting = null;
      bar = null;
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart job) {
      long more = job.stageInfos().foldLeft(0L, (sum, s) -> sum + s.numTasks());
      if (bar != null) {
        bar.maxHint(bar.getMax() + more);
      } else if (waiting != null && more > 0) {
        bar = waiting.apply(more);
      }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
      if (bar != null) {
        bar.step();
      }
    }
  }

  /**
   * Runs a stage under a bar.
   *
   * @param stage its name, as in the folder of its table
   * @param work gives the number of rows written
   * @return wall time in seconds
   */
  public double stage(String stage, long step, Work work) throws IOException {
    long started = System.nanoTime();
    long rows = underBar("step " + step + " " + stage, work);
    double seconds = (System.nanoTime() - started) / 1e9;
    if (stageLines) {
      LOG.info(
          "stage={} step={} rows={} seconds={}",
          stage,
          step,
          rows,
          String.format(Locale.ROOT, "%.2f", seconds));
    }
    return seconds;
  }

  /** Writes a known number of bytes. */
  public interface Writing {
    /**
     * Writes them.
     *
     * @param written told the bytes written since it was told last
     */
    void run(LongConsumer written) throws IOException;
  }

  /** Runs something that writes {@code total} bytes under a bar of them. */
  public void bytes(String task, long total, Writing work) throws IOException {
    if (terminal.isEmpty()) {
      work.run(count -> {});
      return;
    }
    try (ProgressBar bar = bar(task, total, " MB", 1_000_000)) {
      work.run(bar::stepBy);
    }
  }

  /**
   * Does work under a bar of that name, where there is a terminal and no bar yet, and without a
   * line.
   */
  public long underBar(String name, Work work) throws IOException {
    if (terminal.isEmpty() || tasks.isBusy()) {
      return work.run();
    }
    tasks.begin(count -> bar(name, count, " tasks", 1));
    try {
      return work.run();
    } finally {
      tasks.end();
    }
  }

  /** Tells what a step did, where stages have no lines of their own. */
  void step(MetricsRow row, long steps) {
    if (!stageLines) {
      LOG.info(
          String.format(
              Locale.ROOT,
              "step %d/%d  log P-hat %s  reward %.3f  loss %.3g  grad norm %.3g%s",
              row.step(),
              steps,
              row.logPHat() == null ? "-inf" : String.format(Locale.ROOT, "%.2f", row.logPHat()),
              row.reward(),
              row.loss(),
              row.gradNorm(),
              row.evalPassAt1() == null
                  ? ""
                  : String.format(Locale.ROOT, "  pass@1 %.1f %%", 100 * row.evalPassAt1())));
    }
  }

  /** Says a sentence that is part of the result. */
  public void say(String sentence) {
    System.out.println(sentence);
  }

  /** Tells of something that a person should know while the run goes on. */
  public void tell(String sentence) {
    LOG.info(sentence);
  }

  private ProgressBar bar(String name, long count, String unit, long unitSize) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setInitialMax(count)
        .setUnit(unit, unitSize)
        .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
        // The library's own would write in the encoding of the locale.
        .setConsumer(new ConsoleProgressBarConsumer(terminal.orElseThrow()))
        .clearDisplayOnFinish()
        .build();
  }

  @Override
  public void close() {
    spark.sparkContext().removeSparkListener(tasks);
  }
}
