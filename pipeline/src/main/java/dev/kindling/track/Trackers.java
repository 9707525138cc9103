package dev.kindling.track;

import dev.kindling.conf.Configuration;
import dev.kindling.conf.MetricsConf;
import dev.kindling.io.RunFolder;
import dev.kindling.row.EvaluationRow;
import dev.kindling.row.MetricsRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * Sends the figures of a run's committed steps to the trackers of its settings, beside the run:
 * none of them stops it or keeps it waiting. The metrics table is the truth, from which a tracker
 * that was down, or a driver that was killed, is made up for.
 */
public final class Trackers implements AutoCloseable {
  private static final Duration LONGEST_END = Duration.ofSeconds(5);

  private final CommittedSteps steps;
  private final List<Sender> senders = new ArrayList<>();

  private Trackers(CommittedSteps steps) {
    this.steps = steps;
  }

  /**
   * Begins with what was not sent yet.
   *
   * @param folder of a run that this driver holds
   * @param last newest committed step
   */
  public static Trackers start(
      SparkSession spark, RunFolder folder, Configuration conf, long last) {
    Trackers trackers = new Trackers(new CommittedSteps(spark, folder, last));
    SentSteps sent = new SentSteps(folder);
    for (Sink sink : sinks(folder, conf)) {
      trackers.senders.add(Sender.start(folder, trackers.steps, sent, sink));
    }
    return trackers;
  }

  private static List<Sink> sinks(RunFolder folder, Configuration conf) {
    List<Sink> sinks = new ArrayList<>(List.of(new JsonLines(folder)));
    if (conf.metrics().has(MetricsConf.Sink.TENSORBOARD)) {
      sinks.add(new TensorBoard(folder));
    }
    if (conf.metrics().has(MetricsConf.Sink.MLFLOW)) {
      sinks.add(new Mlflow(folder, conf, System.getenv()));
    }
    return sinks;
  }

  /** Takes the figures of a step that was committed just now, with those of its evaluation. */
  public void committed(MetricsRow metrics, List<EvaluationRow> evaluations) {
    MetricsSource.show(metrics, evaluations);
    steps.add(metrics.step(), StepFigures.named(metrics, evaluations));
  }

  /** Waits for what is on its way, some seconds at most. */
  @Override
  public void close() {
    steps.end();
    long deadline = System.nanoTime() + LONGEST_END.toNanos();
    try {
      for (Sender sender : senders) {
        sender.await(Duration.ofNanos(deadline - System.nanoTime()));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
