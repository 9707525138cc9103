package dev.kindling.engine.train;

import dev.kindling.engine.model.Arithmetic;
import dev.kindling.engine.model.Device;
import dev.kindling.engine.model.ModelConfig;
import dev.kindling.engine.model.RotaryTable;
import dev.kindling.engine.model.Scope;
import dev.kindling.engine.model.Tensor;
import dev.kindling.engine.model.Value;
import java.util.List;

/**
 * A model as arguments of the training program, fp32 or fp64 throughout.
 *
 * @param config its shape
 * @param device where its tensors are
 * @param arithmetic how its large matrix products multiply
 * @param weights its parameters, in the layout's order
 * @param cos rotary cosines (positions, headDim)
 * @param sin rotary sines (positions, headDim)
 */
record Model(
    ModelConfig config, Device device, Arithmetic arithmetic, Value weights, Value cos, Value sin) {
  /** The arguments of this model, owned by {@code scope}. */
  static Model of(
      ModelConfig config,
      Arithmetic arithmetic,
      List<Tensor> weights,
      RotaryTable table,
      Scope scope) {
    return new Model(
        config,
        table.cos().device(),
        arithmetic,
        scope.own(Value.of(weights)),
        scope.own(Value.of(table.cos())),
        scope.own(Value.of(table.sin())));
  }
}
