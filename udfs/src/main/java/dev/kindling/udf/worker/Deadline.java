package dev.kindling.udf.worker;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The time that a worker may take for one answer; when it is over, the worker is stopped. */
final class Deadline implements AutoCloseable {
  private static final long LOOK_MILLIS = 50;

  private static final ScheduledThreadPoolExecutor WATCH = watch();

  private final WorkerProcess worker;
  private final double seconds;
  private final double cpuSeconds;
  private final long startedNanos = System.nanoTime();
  private double cpuBefore = Double.NaN;
  private ScheduledFuture<?> looks;
  private boolean answered;
  private String reason;

  private Deadline(WorkerProcess worker, double seconds, double cpuSeconds) {
    this.worker = worker;
    this.seconds = seconds;
    this.cpuSeconds = cpuSeconds;
  }

  /** Starts the clocks. */
  static Deadline start(WorkerProcess worker, double seconds, double cpuSeconds) {
    Deadline deadline = new Deadline(worker, seconds, cpuSeconds);
    deadline.looks =
        WATCH.scheduleWithFixedDelay(
            deadline::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    return deadline;
  }

  private synchronized void look() {
    if (answered) {
      // The worker is another row's by now.
      return;
    }
    // Most answers take less than the first look: only the others pay for reading this clock.
    double cpu = cpu();
    if (Double.isNaN(cpuBefore)) {
      cpuBefore = cpu;
    }
    if ((System.nanoTime() - startedNanos) / 1e9 > seconds) {
      reason = "no verdict after %s seconds".formatted(seconds);
    } else if (cpu - cpuBefore > cpuSeconds) {
      reason = "no verdict after %s seconds of processor time".formatted(cpuSeconds);
    }
    if (reason != null) {
      worker.stop();
    }
  }

  private double cpu() {
    return worker.handle().info().totalCpuDuration().map(Duration::toMillis).orElse(0L) / 1e3;
  }

  /** Whether the worker was stopped. */
  synchronized boolean isOver() {
    return reason != null;
  }

  /** Why it was stopped. */
  synchronized String reason() {
    return reason;
  }

  @Override
  public synchronized void close() {
    answered = true;
    looks.cancel(false);
  }

  private static ScheduledThreadPoolExecutor watch() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "kindling-verifier-deadlines");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }
}
