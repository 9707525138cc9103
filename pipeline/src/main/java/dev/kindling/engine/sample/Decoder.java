package dev.kindling.engine.sample;

import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Program;
import dev.kindling.engine.model.RotaryTable;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import dev.kindling.engine.model.Weights;
import java.util.Arrays;

/**
 * The policy for inference: weights packed for oneDNN, rotary tables and the decoding program.
 * Built once per policy version and read by any number of threads at once, each with its own {@link
 * KvCache}.
 */
public final class Decoder implements AutoCloseable {
  private final ModelConfig config;
  private final Scope scope = new Scope();
  private final Program program;
  private final Value weights;
  private final Value cos;
  private final Value sin;
  private final Value eps;

  /**
   * Packs weights.
   *
   * @param source the policy; embedding and norms are shared with it, not copied, so it must not be
   *     written while this is open
   */
  public Decoder(Weights source) {
    this.config = source.config();
    this.program = Program.load("layers.torchscript", "decoding.torchscript");
    this.eps = scope.own(Value.of(config.normEps()));
    try (Scope inputs = new Scope();
        RotaryTable table = RotaryTable.of(config, config.maxPositions())) {
      this.cos = scope.own(Value.of(table.cos()));
      this.sin = scope.own(Value.of(table.sin()));
      this.weights =
          scope.own(
              program.run(
                  "pack",
                  inputs.own(Value.of(source.tensors())),
                  inputs.own(Value.of(config.layers())),
                  inputs.own(Value.of(config.heads())),
                  inputs.own(Value.of(config.kvHeads())),
                  inputs.own(Value.of(config.tiedHead())),
                  inputs.own(Value.of(config.qkvBias())),
                  inputs.own(Value.of(config.qkNorm()))));
    }
  }

  /** Shape of the model. */
  public ModelConfig config() {
    return config;
  }

  /**
   * Log-probs of a sequence at temperature 1, through the same layers that sampling uses.
   *
   * @param ids 1 to {@code config().maxPositions()} tokens
   * @return log p(ids[t+1] | ids[0..t]) for t from 0, one fewer than tokens
   */
  public float[] logprobs(int[] ids) {
    if (ids.length < 1 || ids.length > config.maxPositions()) {
      throw new IllegalArgumentException(
          "%d tokens are not in [1, %d]".formatted(ids.length, config.maxPositions()));
    }
    try (KvCache cache = new KvCache(this, 1, ids.length)) {
      int[][] targets = {Arrays.copyOfRange(ids, 1, ids.length)};
      return cache.score(0, new int[] {ids[0]}, new int[] {0}, targets)[0];
    }
  }

  /**
   * Runs a method of the program that starts with tokens and where they stand, followed by the
   * model, then by {@code more}.
   *
   * @param ids tokens (rows, width), row-major
   * @param starts position of each row's first token
   * @param first row of the cache that row 0 belongs to
   */
  Value forward(String method, long[] ids, long[] starts, int first, Value cache, Value... more) {
    int width = ids.length / starts.length;
    long until = Arrays.stream(starts).max().orElseThrow() + width;
    try (Scope step = new Scope()) {
      Tensor tokens = step.own(Tensor.of(ids, starts.length, width));
      Tensor places = step.own(Tensor.of(starts, starts.length));
      Value[] arguments = new Value[9 + more.length];
      arguments[0] = step.own(Value.of(tokens));
      arguments[1] = step.own(Value.of(places));
      arguments[2] = step.own(Value.of(first));
      arguments[3] = step.own(Value.of(until));
      arguments[4] = weights;
      arguments[5] = cache;
      arguments[6] = cos;
      arguments[7] = sin;
      arguments[8] = eps;
      System.arraycopy(more, 0, arguments, 9, more.length);
      return program.run(method, arguments);
    }
  }

  /** Runs a method of the program. */
  Value run(String method, Value... arguments) {
    return program.run(method, arguments);
  }

  /** Gives the memory back; no thread may be using it. */
  @Override
  public void close() {
    scope.close();
    program.close();
  }
}
