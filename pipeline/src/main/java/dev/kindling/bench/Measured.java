package dev.kindling.bench;

import java.util.List;

/**
 * Repeated runs of one stage, each of as many tasks as run at once.
 *
 * @param tasks tasks of one run
 * @param tokens tokens of one task: sampled ones of a rollout, those of all sequences of training
 * @param computedTokens tokens of one task that went through the layers
 * @param spans what each run took
 */
record Measured(int tasks, double tokens, double computedTokens, List<TaskClock.Span> spans) {
  /** Seconds of one task of a rollout. */
  Spread rolloutSeconds() {
    return Spread.of(spans.stream().map(span -> span.taskSeconds() / tasks).toList());
  }

  /** Seconds of one gradient task. */
  Spread gradientSeconds() {
    return Spread.of(spans.stream().map(span -> span.gradientSeconds() / tasks).toList());
  }

  /** Seconds of the whole stage. */
  Spread wallSeconds() {
    return Spread.of(spans.stream().map(TaskClock.Span::wallSeconds).toList());
  }

  /** Processor time over task time: what is below 1 went to other programs, or to waiting. */
  double busy() {
    return spans.stream().mapToDouble(TaskClock.Span::cpuSeconds).sum()
        / spans.stream().mapToDouble(TaskClock.Span::taskSeconds).sum();
  }
}
