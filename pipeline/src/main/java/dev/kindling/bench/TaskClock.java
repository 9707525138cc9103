package dev.kindling.bench;

import dev.kindling.stage.step.GradientStep;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Adds up what Spark measures of the tasks that some work consists of. */
final class TaskClock extends SparkListener implements AutoCloseable {
  private static final String CLOSING = "end of a measurement";

  private final JavaSparkContext context;
  private double taskSeconds;
  private double gradientSeconds;
  private double cpuSeconds;
  private final Set<Integer> gradientStages = new HashSet<>();
  private int closingJob = -1;
  private CountDownLatch closed = new CountDownLatch(1);

  /** Work that runs Spark jobs. */
  interface Work {
    /** Does it. */
    void run() throws IOException;
  }

  /**
   * What some work took.
   *
   * @param wallSeconds from its start to its end
   * @param taskSeconds summed over its tasks, from the start to the end of each
   * @param gradientSeconds of these, of tasks that compute gradients
   * @param cpuSeconds processor time of the tasks' threads
   */
  record Span(double wallSeconds, double taskSeconds, double gradientSeconds, double cpuSeconds) {}

  TaskClock(JavaSparkContext context) {
    this.context = context;
    context.sc().addSparkListener(this);
  }

  /** Does the work and gives what it took; nothing else may run in the session. */
  Span time(Work work) throws IOException {
    reset();
    long started = System.nanoTime();
    work.run();
    double wallSeconds = (System.nanoTime() - started) / 1e9;
    awaitEvents();
    synchronized (this) {
      return new Span(wallSeconds, taskSeconds, gradientSeconds, cpuSeconds);
    }
  }

  private synchronized void reset() {
    taskSeconds = 0;
    gradientSeconds = 0;
    cpuSeconds = 0;
    closed = new CountDownLatch(1);
  }

  /** Events come in order: when the end of one more job has been heard, so has all before it. */
  private void awaitEvents() {
    context.setLocalProperty("spark.job.description", CLOSING);
    try {
      context.parallelize(List.of(0), 1).count();
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for Spark's events", e);
    } finally {
      context.setLocalProperty("spark.job.description", null);
    }
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart job) {
    if (CLOSING.equals(job.properties().getProperty("spark.job.description"))) {
      closingJob = job.jobId();
    }
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted stage) {
    if (stage.stageInfo().rddInfos().exists(rdd -> rdd.name().equals(GradientStep.GRADIENTS))) {
      gradientStages.add(stage.stageInfo().stageId());
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
    if (closingJob < 0) {
      double seconds = task.taskMetrics().executorRunTime() / 1e3;
      taskSeconds += seconds;
      gradientSeconds += gradientStages.contains(task.stageId()) ? seconds : 0;
      cpuSeconds += task.taskMetrics().executorCpuTime() / 1e9;
    }
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd job) {
    if (job.jobId() == closingJob) {
      closingJob = -1;
      closed.countDown();
    }
  }

  @Override
  public void close() {
    context.sc().removeSparkListener(this);
  }
}
