package dev.kindling.udf.worker;

import dev.kindling.udf.Judgement;
import dev.kindling.udf.Verdict;
import dev.kindling.udf.math.Algebra;
import dev.kindling.udf.math.AlgebraFaultException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * The workers of this process, those at rest: each is lent to one task at a time, so there are as
 * many as tasks that need one at once. One that failed or took too long is stopped and replaced.
 *
 * <p>They are static because a function of SQL has no other place to keep what outlives its row.
 */
public final class Workers {
  private static final Map<WorkerLimits, Workers> BY_LIMITS = new ConcurrentHashMap<>();

  /** Name by which a request asks for algebra: equal expressions are {@code CORRECT}. */
  static final String ALGEBRA = "algebra";

  /** A row that is judged at once: its verdict tells that a new worker is ready. */
  private static final Request FIRST = new Request(ALGEBRA, List.of("0"), null, "0");

  /** Limit of starting a worker, in seconds: a virtual machine and an algebra system. */
  private static final double START_SECONDS = 120;

  /** Time after a failed start in which none is tried, in seconds. */
  private static final double RETRY_SECONDS = 30;

  private final WorkerLimits limits;
  private final ConcurrentLinkedDeque<WorkerProcess> resting = new ConcurrentLinkedDeque<>();
  private volatile FailedStart failed;

  /** A start that failed: the next rows need not wait for the same. */
  private record FailedStart(long nanos, AlgebraFaultException fault) {}

  private Workers(WorkerLimits limits) {
    this.limits = limits;
  }

  /** Algebra by workers of these limits. */
  public static Algebra algebra(WorkerLimits limits) {
    return (one, other) -> BY_LIMITS.computeIfAbsent(limits, Workers::new).areEqual(one, other);
  }

  private boolean areEqual(String one, String other) throws AlgebraFaultException {
    WorkerProcess worker = rested();
    if (worker == null) {
      worker = start();
    }
    Request row = new Request(ALGEBRA, List.of(one), null, other);
    Judgement judgement = ask(worker, row, limits.seconds(), limits.cpuSeconds());
    resting.addFirst(worker);
    if (!judgement.verdict().isEvidence()) {
      throw new AlgebraFaultException(judgement.verdict(), judgement.reason());
    }
    return judgement.verdict() == Verdict.CORRECT;
  }

  /** A worker that waits for a row; null if there is none. One that ended meanwhile is let go. */
  private WorkerProcess rested() {
    WorkerProcess worker = resting.pollFirst();
    while (worker != null && !worker.isAlive()) {
      worker.close();
      worker = resting.pollFirst();
    }
    return worker;
  }

  private WorkerProcess start() throws AlgebraFaultException {
    FailedStart before = failed;
    if (before != null && System.nanoTime() - before.nanos() < 1e9 * RETRY_SECONDS) {
      throw before.fault();
    }
    try {
      WorkerProcess worker = new WorkerProcess(WorkerCommand.java(limits.memoryMib()));
      ask(worker, FIRST, START_SECONDS, START_SECONDS);
      return worker;
    } catch (IOException | AlgebraFaultException e) {
      throw failed("no worker could be started: " + e.getMessage());
    }
  }

  private AlgebraFaultException failed(String reason) {
    AlgebraFaultException fault = new AlgebraFaultException(Verdict.ERROR, reason);
    failed = new FailedStart(System.nanoTime(), fault);
    return fault;
  }

  /** The verdict on one row; a worker that gives none is stopped. */
  private static Judgement ask(WorkerProcess worker, Request row, double seconds, double cpuSeconds)
      throws AlgebraFaultException {
    Deadline deadline = Deadline.start(worker, seconds, cpuSeconds);
    try (deadline) {
      return worker.ask(List.of(row)).get(0);
    } catch (IOException e) {
      worker.close();
      if (deadline.isOver()) {
        throw new AlgebraFaultException(Verdict.TIMEOUT, deadline.reason());
      }
      String said = worker.lastWords();
      throw new AlgebraFaultException(
          Verdict.ERROR, "the worker failed: " + (said.isEmpty() ? e.getMessage() : said));
    }
  }
}
