package dev.kindling.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs: text in, tensors through. */
class ProgramTest {
  private static final String SUMS =
      """
        def scaled(self: __torch__.Model, x: Tensor, by: float) -> Tensor:
          return torch.mul(x, by)
        def split(self: __torch__.Model, xs: List[Tensor], times: int, negate: bool) -> List[Tensor]:
          out = annotate(List[Tensor], [])
          for i in range(torch.len(xs)):
            y = torch.mul(xs[i], times)
            if negate:
              z = torch.neg(y)
            else:
              z = y
            _0 = torch.append(out, z)
          return out
        def narrowed(self: __torch__.Model, x: Tensor, range: List[int]) -> Tensor:
          return torch.slice(x, 0, range[0], range[1])
      """;

  @Test
  void methodsTakeAndGiveEveryKindOfValue() {
    try (Program program = Program.compile("sums", SUMS);
        Scope scope = new Scope()) {
      Value x = scope.own(Value.of(scope.own(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2))));
      Tensor half =
          scope.own(scope.own(program.run("scaled", x, scope.own(Value.of(0.5)))).tensor());
      assertThat(half.floats()).containsExactly(0.5f, 1, 1.5f, 2);
      assertThat(half.shape()).containsExactly(2, 2);
      Value list = scope.own(Value.of(List.of(half, half)));
      Value result =
          scope.own(program.run("split", list, scope.own(Value.of(3L)), scope.own(Value.of(true))));
      List<Tensor> negated = scope.own(result.tensors());
      assertThat(negated).hasSize(2);
      assertThat(negated.get(1).floats()).containsExactly(-1.5f, -3, -4.5f, -6);
      Value range = scope.own(Value.of(new long[] {1, 2}));
      Tensor second = scope.own(scope.own(program.run("narrowed", x, range)).tensor());
      assertThat(second.floats()).containsExactly(3, 4);
    }
  }

  @Test
  void doublesKeepTheirPrecision() {
    try (Program program = Program.compile("sums", SUMS);
        Scope scope = new Scope()) {
      Value x = scope.own(Value.of(scope.own(Tensor.of(new double[] {1 + 1e-12}, 1))));
      Tensor twice =
          scope.own(scope.own(program.run("scaled", x, scope.own(Value.of(2.0)))).tensor());
      assertThat(twice.doubles()[0] - 2).isCloseTo(2e-12, within(1e-15));
    }
  }

  @Test
  void errorsNameTheProgramAndTheMethod() {
    assertThatThrownBy(() -> Program.load("missing.torchscript"))
        .hasMessage("No program /dev/kindling/engine/missing.torchscript on the class path");
    assertThatThrownBy(
            () ->
                Program.compile("broken", "  def f(self: __torch__.Model) -> int:\n    return g\n"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Cannot load program broken: ")
        .hasMessageContaining("undefined value g");
  }

  @Test
  void aClosedTensorIsRefusedInsteadOfCrashing() {
    Tensor tensor = Tensor.zeros(2);
    tensor.close();
    assertThatThrownBy(tensor::floats).hasMessage("tensor is closed");
  }
}
