package dev.kindling.plan;

import dev.kindling.check.Check;

/**
 * What a run may use.
 *
 * @param executors JVMs that run tasks
 * @param cores tasks that one of them runs at once, without GPUs
 * @param gpus GPUs of all executors together, each of one task at a time; 0 without
 * @param driverHeap bytes of the driver's Java heap
 * @param heap bytes of an executor's Java heap
 * @param offHeap bytes that an executor may take beside its heap
 */
public record Cluster(
    int executors, int cores, int gpus, long driverHeap, long heap, long offHeap) {
  /** Refuses a cluster that cannot work. */
  public Cluster {
    new Check()
        .that(executors >= 1, "--executors", executors, "must be >= 1")
        .that(cores >= 1, "--cores", cores, "must be >= 1")
        .that(gpus >= 0, "--gpus", gpus, "must be >= 0")
        .that(
            executors >= 1 && gpus % executors == 0,
            "--gpus",
            gpus,
            "must be a multiple of --executors = " + executors + ", or 0")
        .done();
  }

  /** Tasks that one executor runs at once. Spark gives every task of a run the same resources. */
  public int slotsOfOne() {
    return gpus == 0 ? cores : gpus / executors;
  }

  /** Tasks that run at once. */
  public int slots() {
    return executors * slotsOfOne();
  }

  /** How often so many equal tasks fill the slots. */
  long waves(long tasks) {
    return (tasks + slots() - 1) / slots();
  }
}
