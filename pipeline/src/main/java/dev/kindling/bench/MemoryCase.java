package dev.kindling.bench;

import dev.kindling.engine.model.Precision;
import dev.kindling.plan.TaskMemory;
import java.io.IOException;

/** A task whose peak of resident memory is measured, and what it may be. */
public enum MemoryCase {
  /** Sampling a few groups. */
  ROLLOUT {
    @Override
    Workload work(BenchModel model, Precision precision) {
      return model.isLarge()
          ? new Workload(model, precision, 1, 8, 64, 64)
          : new Workload(model, precision, 8, 8, 64, 64);
    }

    @Override
    long needed(Workload work, long keptBytes) {
      TaskMemory memory = memory(work);
      return memory.sampler() + memory.cache((long) work.rows() * work.length());
    }

    @Override
    void run(StageBench bench, Workload work) throws IOException {
      bench.rollout(work);
    }
  },

  /** The gradient of a few groups and an update with it. */
  TRAIN {
    @Override
    Workload work(BenchModel model, Precision precision) {
      return model.isLarge()
          ? new Workload(model, precision, 1, 8, 64, 128)
          : new Workload(model, precision, 4, 8, 64, 128);
    }
  },

  /** The same of one long sequence, every layer of which is computed twice. */
  LONG {
    @Override
    Workload work(BenchModel model, Precision precision) {
      return new Workload(model, precision, 1, 1, 1, 4095);
    }

    @Override
    boolean isOf(Workload work) {
      BenchModel model = work.model();
      return model.isLarge() && work.length() <= model.config().maxPositions();
    }

    @Override
    public boolean recomputes() {
      return true;
    }
  };

  /** What is allowed beyond what is needed. */
  private static final double ALLOWANCE = 1.15;

  /** What the task is given. */
  abstract Workload work(BenchModel model, Precision precision);

  /** Whether the task is measured with such work. */
  boolean isOf(Workload work) {
    return true;
  }

  /** Whether nothing that layers computed is kept for the backward pass. */
  public boolean recomputes() {
    return false;
  }

  /** Runs the stage. */
  void run(StageBench bench, Workload work) throws IOException {
    bench.train(work);
  }

  /**
   * Bytes that the task cannot do without: of sampling weights and the cache of every row; of
   * training weights, gradients, the residual stream before each layer, what layers keep, two
   * layers at work, a chunk of logits with its slope, and AdamW's arrays of one slice.
   *
   * @param keptBytes bound on what layers keep
   */
  long needed(Workload work, long keptBytes) {
    long tokens =
        (long) work.prompts() * work.promptTokens() + (long) work.rows() * work.answerTokens();
    TaskMemory memory = memory(work);
    return memory.weights()
        + memory.gradient(tokens, recomputes() ? 0 : keptBytes)
        + memory.update(work.model().slices());
  }

  private static TaskMemory memory(Workload work) {
    return new TaskMemory(work.model().config(), work.bytesPerNumber());
  }

  /** Most bytes that the task may take. */
  long allowed(Workload work, long keptBytes) {
    return (long) (ALLOWANCE * needed(work, keptBytes));
  }
}
