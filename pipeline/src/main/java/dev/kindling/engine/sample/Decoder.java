package dev.kindling.engine.sample;

import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.Parameter;
import dev.kindling.engine.model.ParameterLayout;
import dev.kindling.engine.model.Precision;
import dev.kindling.engine.model.Program;
import dev.kindling.engine.model.RotaryTable;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import dev.kindling.engine.model.Weights;
import dev.kindling.io.FloatSource;
import dev.kindling.io.TemporaryVector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The policy for inference: packed weights and the decoding program. Built once per policy version
 * and read by any number of threads at once, each with its own {@link KvCache}.
 */
public final class Decoder implements AutoCloseable {
  private final ModelConfig config;
  private final Device device;
  private final Scope scope = new Scope();
  private final Program program;
  private final Value weights;
  // Null where the embedding is in memory. Where the output layer is the embedding, it is held
  // packed for products, from which rows cannot be had; a step reads as many rows as tokens.
  private final TemporaryVector embedding;

  private Decoder(ModelConfig config, Arithmetic arithmetic, Device device, FloatSource source)
      throws IOException {
    this.config = config;
    this.device = device;
    this.program = Program.load("decoding.torchscript");
    TemporaryVector file = null;
    try {
      this.weights = pack(arithmetic, source);
      if (config.tiedHead() && device.type() == Device.Type.CPU) {
        Parameter rows = ParameterLayout.of(config).parameters().get(0);
        file = TemporaryVector.copy(source, rows.offset(), rows.size());
      }
    } catch (IOException | RuntimeException e) {
      scope.close();
      program.close();
      throw e;
    }
    this.embedding = file;
  }

  /**
   * Reads and packs a policy, one layer after the other, so that besides the packed weights no more
   * than one layer or the embedding is held. On a CPU, an embedding that is the output layer, too,
   * is not kept in memory but in a temporary file.
   *
   * @param config shape of the policy
   * @param precision which numbers matrix products multiply; {@link Arithmetic} says which ones the
   *     key-value cache holds then
   * @param device where the policy shall be
   * @param source the flat vector of parameters in the order of {@link ParameterLayout}
   */
  public static Decoder load(
      ModelConfig config, Precision precision, Device device, FloatSource source)
      throws IOException {
    return new Decoder(config, Arithmetic.of(precision, device), device, source);
  }

  /** Packs weights that are in memory, on their device; nothing is shared with them. */
  public static Decoder of(Weights source, Precision precision) {
    return of(source, Arithmetic.of(precision, source.device()));
  }

  static Decoder of(Weights source, Arithmetic arithmetic) {
    try {
      return new Decoder(source.config(), arithmetic, source.device(), source);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read weights from memory", e);
    }
  }

  private Value pack(Arithmetic arithmetic, FloatSource source) throws IOException {
    List<Parameter> parameters = ParameterLayout.of(config).parameters();
    int ends = config.tiedHead() ? 2 : 3;
    int stride = (parameters.size() - ends) / config.layers();
    int norm = 1 + config.layers() * stride;
    try (Scope packed = new Scope()) {
      List<Tensor> all = new ArrayList<>();
      // The largest parameters come first, while nothing else is held.
      try (Scope inputs = new Scope()) {
        Tensor first = inputs.own(parameters.get(0).load(source, device));
        Tensor none = inputs.own(Tensor.zeros(device, 0));
        double[] frequencies = RotaryTable.frequencies(config);
        Tensor angles = inputs.own(Tensor.of(frequencies, frequencies.length));
        Value result =
            inputs.own(
                program.run(
                    "pack_ends",
                    inputs.own(Value.of(config.tiedHead() ? none : first)),
                    inputs.own(Value.of(inputs.own(parameters.get(norm).load(source, device)))),
                    inputs.own(
                        Value.of(
                            config.tiedHead()
                                ? first
                                : inputs.own(parameters.get(norm + 1).load(source, device)))),
                    inputs.own(Value.of(inputs.own(angles.on(device)))),
                    inputs.own(Value.of(config.headDim())),
                    inputs.own(Value.of(config.normEps())),
                    inputs.own(arithmetic.numbers())));
        all.addAll(packed.own(result.tensors()));
      }
      for (int layer = 0; layer < config.layers(); layer++) {
        List<Parameter> ofLayer = parameters.subList(1 + layer * stride, 1 + (layer + 1) * stride);
        all.addAll(packed.own(packLayer(ofLayer, arithmetic, source)));
      }
      return scope.own(Value.of(all));
    }
  }

  private List<Tensor> packLayer(
      List<Parameter> parameters, Arithmetic arithmetic, FloatSource source) throws IOException {
    try (Scope inputs = new Scope()) {
      List<Tensor> tensors = new ArrayList<>();
      for (Parameter parameter : parameters) {
        tensors.add(inputs.own(parameter.load(source, device)));
      }
      return inputs
          .own(
              program.run(
                  "pack_layer",
                  inputs.own(Value.of(tensors)),
                  inputs.own(Value.of(config.headDim())),
                  inputs.own(Value.of(config.qkvBias())),
                  inputs.own(Value.of(config.qkNorm())),
                  inputs.own(arithmetic.numbers())))
          .tensors();
    }
  }

  /** Where the policy is. */
  Device device() {
    return device;
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
    try (KvCache cache = new KvCache(this, new int[][] {{}}, 1)) {
      int[][] targets = {Arrays.copyOfRange(ids, 1, ids.length)};
      return cache.score(0, new int[] {ids[0]}, new int[] {0}, targets)[0];
    }
  }

  /** The packed weights, an argument of the program's methods. */
  Value weights() {
    return weights;
  }

  /**
   * The residual stream that tokens enter with, (ids.length, hidden), which the caller closes.
   *
   * @param ids tokens, each in [0, vocab)
   */
  Tensor embed(long[] ids) {
    if (embedding != null) {
      return rows(ids);
    }
    try (Scope inputs = new Scope()) {
      Value found = run("embed", inputs.tensor(device, ids, ids.length), weights);
      return inputs.own(found).tensor();
    }
  }

  /** Rows of the embedding's file. */
  private Tensor rows(long[] ids) {
    int width = config.hidden();
    Tensor rows = Tensor.zeros(ids.length, width);
    FloatBuffer memory = rows.memory().asFloatBuffer();
    float[] row = new float[width];
    try {
      for (long id : ids) {
        embedding.read(width * id, row);
        memory.put(row);
      }
      return rows;
    } catch (IOException e) {
      rows.close();
      throw new UncheckedIOException("Cannot read the embedding's temporary file", e);
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
    if (embedding != null) {
      try {
        embedding.close();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot close the embedding's temporary file", e);
      }
    }
  }
}
