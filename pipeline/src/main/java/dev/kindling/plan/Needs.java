package dev.kindling.plan;

import dev.kindling.conf.MachineConf;
import dev.kindling.conf.MachineConf.Kind;
import dev.kindling.engine.model.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongPredicate;

/**
 * What a run needs of memory and disks, place by place, and which setting mends what does not fit.
 *
 * @param work a step of it
 * @param cluster what it runs on
 * @param machine what policies compute on
 */
public record Needs(StepWork work, Cluster cluster, MachineConf machine) {
  // What a driver or executor takes that does nothing: classes, Spark's own, libtorch and its
  // kernels.
  private static final double IDLE_HEAP = 300e6;
  private static final double IDLE_OFF_HEAP = 700e6;
  private static final double CHECKPOINT_BYTES = 12;
  private static final double WEIGHT_BYTES = 4;
  private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 8;
  private static final int MOST_SLICES = 99_999;
  private static final double MIB = 1 << 20;
  private static final double GIB = 1 << 30;

  /** Every place, in the order of the table. */
  public List<Need> places() {
    List<Need> needs = new ArrayList<>();
    needs.add(driver());
    needs.add(heap());
    if (machine.processor().kind() == Kind.GPU) {
      double limit = machine.processor().memoryGib() * GIB;
      needs.add(sampling("GPU, sampling", 0, 1, limit));
      needs.add(training("GPU, training", 0, 1, limit));
    } else {
      double limit = cluster.offHeap();
      int tasks = cluster.slotsOfOne();
      int samplers = Math.min(tasks, work.rolloutTasks());
      int trainers = Math.min(tasks, work.shards());
      needs.add(sampling("executor beside its heap, sampling", IDLE_OFF_HEAP, samplers, limit));
      needs.add(training("executor beside its heap, training", IDLE_OFF_HEAP, trainers, limit));
    }
    needs.addAll(disks());
    return needs;
  }

  private TaskMemory memory() {
    boolean half = work.precision() == Precision.BFLOAT16;
    return new TaskMemory(
        work.model(), half ? machine.processor().bfloat16Bytes() : (int) WEIGHT_BYTES);
  }

  private Need driver() {
    return new Need(
        "driver heap",
        IDLE_HEAP,
        cluster.driverHeap(),
        "give --driver-memory %s".formatted(mebibytes(IDLE_HEAP)));
  }

  private double heap(long slices) {
    return IDLE_HEAP
        + (double) Math.min(cluster.slotsOfOne(), slices) * memory().update((int) slices);
  }

  private Need heap() {
    double bytes = heap(work.slices());
    double limit = cluster.heap();
    boolean isArray = work.parameters() / work.slices() <= LONGEST_ARRAY;
    double needed = Math.ceil(cluster.slotsOfOne() * heapOfWhole() / (limit - IDLE_HEAP));
    long slices = (long) Math.max(needed, Math.ceil(1.0 * work.parameters() / LONGEST_ARRAY));
    boolean mends = limit > IDLE_HEAP && slices <= MOST_SLICES;
    return new Need(
        "executor heap",
        bytes,
        isArray ? limit : 0,
        mends
            ? "set trainer.slices to %d".formatted(slices)
            : "give --executor-memory " + mebibytes(bytes));
  }

  /** All slices as one. */
  private double heapOfWhole() {
    return memory().update(1);
  }

  /** The largest number in a range that fits, of which the lowest does. */
  private static long largest(long low, long high, LongPredicate fits) {
    long most = low;
    for (long above = high; most < above; ) {
      long middle = (most + above + 1) >>> 1;
      if (fits.test(middle)) {
        most = middle;
      } else {
        above = middle - 1;
      }
    }
    return most;
  }

  private Need sampling(String place, double idle, int tasks, double limit) {
    double bytes = sampling(idle, tasks, work.promptsPerTask());
    boolean mends = sampling(idle, tasks, 1) <= limit;
    long prompts =
        mends ? largest(1, work.promptsPerTask(), n -> sampling(idle, tasks, n) <= limit) : 1;
    return new Need(
        place,
        bytes,
        limit,
        mends
            ? "set sampler.prompts_per_task to %d".formatted(prompts)
            : unsplit(sampling(idle, tasks, 1), sampling(idle, 1, 1)));
  }

  private double sampling(double idle, int tasks, long prompts) {
    return idle
        + memory().sampler()
        + (double) tasks * memory().cache(work.cachePositions(prompts));
  }

  private Need training(String place, double idle, int tasks, double limit) {
    long tokens = work.mostMicroBatchTokens();
    long longest = (long) work.sample().longestPrompt() + work.budget();
    double bytes = training(idle, tasks, tokens, work.keptBytes());
    String remedy;
    if (training(idle, tasks, tokens, 0) <= limit) {
      double free = limit - training(idle, tasks, tokens, 0);
      remedy =
          "set trainer.kept_activations_mib to %d".formatted((long) Math.floor(free / tasks / MIB));
    } else if (training(idle, tasks, longest, 0) <= limit) {
      long most = largest(longest, tokens, n -> training(idle, tasks, n, 0) <= limit);
      remedy =
          "set trainer.kept_activations_mib to 0 and trainer.micro_batch_tokens to %d"
              .formatted(most);
    } else {
      remedy = unsplit(training(idle, tasks, longest, 0), training(idle, 1, longest, 0));
    }
    return new Need(place, bytes, limit, remedy);
  }

  private double training(double idle, int tasks, long tokens, long kept) {
    int policies = work.hasReference() ? 2 : 1;
    return idle
        + (double) policies * memory().weights()
        + (double) tasks * memory().gradient(tokens, kept);
  }

  /** The remedy where the smallest tasks that settings allow do not fit together. */
  private String unsplit(double together, double one) {
    if (machine.processor().kind() == Kind.GPU) {
      return "no setting mends it: one task needs %s, for a policy and its gradient are whole on one GPU"
          .formatted(mebibytes(one));
    }
    return "set spark.executor.memoryOverhead to %s%s"
        .formatted(
            mebibytes(together),
            together > one
                ? ", or spark.executor.cores to fewer: one task needs " + mebibytes(one)
                : "");
  }

  private List<Need> disks() {
    double parameters = work.parameters();
    int kept = work.conf().run().keepCheckpoints();
    long steps = work.conf().run().steps();
    double checkpoints = kept == 0 ? steps + 1 : kept + 1 + (work.hasReference() ? 1 : 0);
    double shuffle = WEIGHT_BYTES * parameters * (work.shards() + 1) / cluster.executors();
    return List.of(
        disk("executor's local disk", 2 * WEIGHT_BYTES * parameters + shuffle),
        disk("run folder, checkpoints", checkpoints * CHECKPOINT_BYTES * parameters),
        disk("run folder, tables of all steps", steps * new TableBytes(work).all()));
  }

  private static Need disk(String place, double bytes) {
    return new Need(place, bytes, Double.POSITIVE_INFINITY, "");
  }

  /** As Spark's options take it. */
  private static String mebibytes(double bytes) {
    return String.format(Locale.ROOT, "%.0fm", Math.ceil(bytes / MIB));
  }
}
