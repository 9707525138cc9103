package dev.kindling.run;

import dev.kindling.row.MetricsRow;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
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
 * What a person sees while stages run. Of single stages: on a terminal a bar of the stage's Spark
 * tasks, when piped nothing until the stage ends; then one line for the stage. Of whole steps: on a
 * terminal one bar of all steps with the figures of the last, when piped a line a step, and one for
 * each stage that took long.
 */
public final class Progress implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

  private static final double LONG_STAGE_SECONDS = 10;

  private final SparkSession spark;
  private final Optional<PrintStream> terminal;
  private final double leastSeconds;
  private final Tasks tasks = new Tasks();
  private final List<Consumer<MetricsRow>> listeners = new ArrayList<>();

  // The bar of all steps, while there is one.
  private ProgressBar whole;
  private String evaluated = "";

  private Progress(SparkSession spark, Optional<PrintStream> terminal, double leastSeconds) {
    this.spark = spark;
    this.terminal = terminal;
    this.leastSeconds = leastSeconds;
    spark.sparkContext().addSparkListener(tasks);
  }

  // From JDK 22 on a console may be there without a terminal: then a bar shows in a file, no harm.
  @SuppressWarnings("SystemConsoleNull")
  private static Optional<PrintStream> terminal() {
    return System.console() == null ? Optional.empty() : Optional.of(System.err);
  }

  /** Progress with a line for every stage. */
  public static Progress ofStages(SparkSession spark) {
    return new Progress(spark, terminal(), 0);
  }

  /** Progress with a line for every step, and for every stage that takes long. */
  public static Progress ofSteps(SparkSession spark) {
    return new Progress(spark, terminal(), LONG_STAGE_SECONDS);
  }

  /** Progress with bars on a terminal. */
  static Progress onTerminal(SparkSession spark, PrintStream terminal) {
    return new Progress(spark, Optional.of(terminal), 0);
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
    if (seconds >= leastSeconds && whole == null) {
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
    if (terminal.isEmpty() || whole != null || tasks.isBusy()) {
      return work.run();
    }
    tasks.begin(count -> bar(name, count, " tasks", 1));
    try {
      return work.run();
    } finally {
      tasks.end();
    }
  }

  /**
   * Begins steps whose end is in sight: on a terminal one bar tells of them all.
   *
   * @param name of the run
   * @param done steps that are done already
   * @param total all steps, those of other runs of the same command among them
   */
  public void begin(String name, long done, long total) {
    evaluated = "";
    if (terminal.isPresent()) {
      whole = builder(name, total, "", 1).startsFrom(done, Duration.ZERO).build();
    }
  }

  /** Ends what {@link #begin} has begun. */
  public void end() {
    if (whole != null) {
      whole.close();
      whole = null;
    }
  }

  /** Has every step that is committed from now on told to somebody. */
  public void listen(Consumer<MetricsRow> listener) {
    listeners.add(listener);
  }

  /** Has nobody told of steps any more. */
  public void listenNoMore() {
    listeners.clear();
  }

  /** Tells what a step did. */
  void step(MetricsRow row, long steps) {
    String logPHat =
        "log P-hat "
            + (row.logPHat() == null ? "-inf" : String.format(Locale.ROOT, "%.2f", row.logPHat()));
    String passAt1 =
        row.evalPassAt1() == null
            ? ""
            : String.format(Locale.ROOT, "  pass@1 %.1f %%", 100 * row.evalPassAt1());
    if (whole != null) {
      // Between evaluations the last one stays.
      evaluated = passAt1.isEmpty() ? evaluated : passAt1;
      // Of a narrow terminal the end does not fit.
      whole.setExtraMessage("%d/%d%s  %s".formatted(row.step(), steps, evaluated, logPHat));
      whole.step();
    } else if (leastSeconds > 0) {
      LOG.info(
          String.format(
              Locale.ROOT,
              "step %d/%d  %s  reward %.3f  loss %.3g  grad norm %.3g%s",
              row.step(),
              steps,
              logPHat,
              row.reward(),
              row.loss(),
              row.gradNorm(),
              passAt1));
    }
    listeners.forEach(listener -> listener.accept(row));
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
    return builder(name, count, unit, unitSize).build();
  }

  private ProgressBarBuilder builder(String name, long count, String unit, long unitSize) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setInitialMax(count)
        .setUnit(unit, unitSize)
        .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
        // The library's own would write in the encoding of the locale.
        .setConsumer(new ConsoleProgressBarConsumer(terminal.orElseThrow()))
        .clearDisplayOnFinish();
  }

  @Override
  public void close() {
    end();
    spark.sparkContext().removeSparkListener(tasks);
  }
}
