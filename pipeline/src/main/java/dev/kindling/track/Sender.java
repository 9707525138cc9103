package dev.kindling.track;

import dev.kindling.io.RunFolder;
import dev.kindling.io.RunStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.fs.FSError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the committed steps to one sink, in a thread of its own. A failure is told once and tried
 * again: what the sink lacks is asked of the run's tables, however long it was down.
 */
final class Sender implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final RunFolder folder;
  private final CommittedSteps steps;
  private final SentSteps sentSteps;
  private final Sink sink;
  private final Thread thread;
  private volatile boolean isGivenUp;
  private volatile long sent;
  private boolean isKnown;
  private boolean isReady;
  private boolean hasSent;
  private boolean hasFailed;
  private Duration pause = FIRST_PAUSE;

  private Sender(RunFolder folder, CommittedSteps steps, SentSteps sentSteps, Sink sink) {
    this.folder = folder;
    this.steps = steps;
    this.sentSteps = sentSteps;
    this.sink = sink;
    this.thread = new Thread(this, "kindling " + sink.label());
    thread.setDaemon(true);
  }

  static Sender start(RunFolder folder, CommittedSteps steps, SentSteps sentSteps, Sink sink) {
    Sender sender = new Sender(folder, steps, sentSteps, sink);
    sender.thread.start();
    return sender;
  }

  @Override
  public void run() {
    try {
      boolean isLast;
      do {
        // Asked first: what is committed before the end is sent.
        isLast = steps.haveEnded();
        trySending(isLast);
      } while (!isLast && !isGivenUp);
    } catch (InterruptedException givenUp) {
      // Nobody waits for the rest.
    }
  }

  private void trySending(boolean isLast) throws InterruptedException {
    try {
      sendAll();
      if (isLast) {
        end();
      }
      tellOfRecovery();
    } catch (InterruptedException givenUp) {
      throw givenUp;
    } catch (Exception | FSError failure) {
      // Spark throws checked exceptions that it does not declare.
      isReady = false;
      tell(failure);
      if (!isLast) {
        steps.awaitEnd(pause);
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
      }
      return;
    }
    if (!isLast) {
      steps.awaitBehind(sent);
    }
  }

  private void sendAll() throws IOException, InterruptedException {
    if (!isKnown) {
      sent = sentSteps.of(sink.label(), steps.last());
      isKnown = true;
    }
    if (!isReady) {
      sent = sink.held(sent);
      isReady = true;
    }
    for (List<StepFigures> next = steps.behind(sent); !next.isEmpty(); next = steps.behind(sent)) {
      requireWaitedFor();
      sink.send(next);
      requireWaitedFor();
      hasSent = true;
      sent = next.get(next.size() - 1).step();
      sentSteps.put(sink.label(), sent);
    }
  }

  /** The run's lock is let go then: another driver may be at the same files. */
  private void requireWaitedFor() throws InterruptedException {
    if (isGivenUp) {
      throw new InterruptedException("given up");
    }
  }

  /**
   * A driver that had nothing to send says no word, but for the one that finds the run complete.
   */
  private void end() throws IOException, InterruptedException {
    RunStatus.State state =
        folder.fileSystem().exists(folder.status())
            ? RunStatus.read(folder).state()
            : RunStatus.State.RUNNING;
    if (hasSent || state == RunStatus.State.COMPLETE) {
      sink.end(state);
    }
  }

  private void tell(Throwable failure) {
    if (!hasFailed && !isGivenUp) {
      LOG.warn(
          "Cannot send metrics to {}: {} (the run goes on; what is missing is sent later, from its tables)",
          sink.label(),
          failure.getMessage() == null ? failure.toString() : failure.getMessage());
    }
    hasFailed = true;
  }

  private void tellOfRecovery() {
    if (hasFailed) {
      LOG.info("Metrics are sent to {} again, up to step {}", sink.label(), sent);
    }
    hasFailed = false;
    pause = FIRST_PAUSE;
  }

  /** Waits for the thread to end, once there are no more steps, and gives it up then. */
  void await(Duration longest) throws InterruptedException {
    // Of zero, join would wait for ever.
    thread.join(Math.max(1, longest.toMillis()));
    isGivenUp = true;
    thread.interrupt();
    if (sent < steps.last()) {
      LOG.info(
          "Not sent to {} yet: steps {} to {} (by the next command that goes on with the run)",
          sink.label(),
          sent + 1,
          steps.last());
    }
  }
}
